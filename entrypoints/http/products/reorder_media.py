from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.products.reorder_media import ReorderMedia, ReorderMediaCommand
from domain.ids import ProductId, ProductMediaId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.products import examples
from entrypoints.http.products.requests import ReorderMediaBody
from entrypoints.http.products.responses import product_body
from entrypoints.http.reading.json_request import JsonRequest


@put(
    "/{product_id:uuid}/media/order",
    summary="Reorder the media of a product",
    responses=answers(
        {HTTPStatus.OK: Success("The product as it is now.", examples.SHOWN)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["PRODUCT_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
        },
    ),
)
async def order_media(
    request: JsonRequest,
    product_id: FromPath[UUID],
    data: Annotated[ReorderMediaBody, shown(examples.ORDER)],
    reorder_media: NamedDependency[ReorderMedia],
) -> Response[bytes]:
    """For those who run the store, all in one call."""
    product = await reorder_media(
        ReorderMediaCommand(
            principal=request.user,
            product_id=ProductId(product_id),
            order=[ProductMediaId(each) for each in data.product_media_ids],
        )
    )
    return answer(product_body(product), HTTPStatus.OK)
