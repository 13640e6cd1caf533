from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.products.get_product import GetProduct, ProductQuery
from domain.ids import ProductId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.products import examples
from entrypoints.http.products.responses import product_body
from entrypoints.http.reading.json_request import JsonRequest


@get(
    "/{product_id:uuid}",
    summary="See a product",
    responses=answers(
        {HTTPStatus.OK: Success("The product as it is now.", examples.SHOWN)},
        {HTTPStatus.NOT_FOUND: ["PRODUCT_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def show_product(
    request: JsonRequest, product_id: FromPath[UUID], get_product: NamedDependency[GetProduct]
) -> Response[bytes]:
    product = await get_product(ProductQuery(principal=request.user, product_id=ProductId(product_id)))
    return answer(product_body(product), HTTPStatus.OK)
