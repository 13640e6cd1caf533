from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.products.get_product import GetProduct, ProductQuery
from domain.ids import ProductId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.queried import queried
from entrypoints.http.products import examples
from entrypoints.http.products.requests import UsageParameters
from entrypoints.http.products.responses import ProductMediaListBody, media_bodies
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.query_string import read_parameters


@get(
    "/{product_id:uuid}/media",
    operation_class=queried(UsageParameters),
    summary="List the media of a product",
    responses=answers(
        {HTTPStatus.OK: Success("In the order of display.", examples.MEDIA)},
        {HTTPStatus.NOT_FOUND: ["PRODUCT_NOT_FOUND"], HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def list_product_media(
    request: JsonRequest, product_id: FromPath[UUID], get_product: NamedDependency[GetProduct]
) -> Response[bytes]:
    given = read_parameters(request, UsageParameters)
    product = await get_product(ProductQuery(principal=request.user, product_id=ProductId(product_id)))
    return answer(ProductMediaListBody(media_bodies(product.gallery, given.usage_type)), HTTPStatus.OK)
