from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.products.get_product import GetProduct, ProductQuery
from domain.ids import ProductId
from domain.products.gallery import UsageType
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.parameters import query_parameter
from entrypoints.http.products import examples
from entrypoints.http.products.requests import UsageParameters
from entrypoints.http.products.responses import ProductMediaListBody, media_bodies
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.reading.json_body import read_plain

_USAGE_TYPE = query_parameter("usageType", {"type": "string", "enum": [usage_type.value for usage_type in UsageType]})


@get(
    "/{product_id:uuid}/media",
    summary="List the media of a product",
    responses=answers(
        {HTTPStatus.OK: Success("In the order of display.", examples.MEDIA)},
        {HTTPStatus.NOT_FOUND: ["PRODUCT_NOT_FOUND"], HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def list_product_media(
    request: JsonRequest,
    product_id: FromPath[UUID],
    get_product: NamedDependency[GetProduct],
    *,
    usage_type: Annotated[str | None, _USAGE_TYPE] = None,
) -> Response[bytes]:
    given = read_plain({"usageType": usage_type}, UsageParameters)
    product = await get_product(ProductQuery(principal=request.user, product_id=ProductId(product_id)))
    return answer(ProductMediaListBody(media_bodies(product.gallery, given.usage_type)), HTTPStatus.OK)
