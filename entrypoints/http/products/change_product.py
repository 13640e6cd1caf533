from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, patch
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.products.change_product import ChangeProduct, ChangeProductCommand
from domain.ids import MediaId, ProductId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.products import examples
from entrypoints.http.products.requests import ChangeProductBody
from entrypoints.http.products.responses import product_body
from entrypoints.http.products.shown_media import shown_media
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.patching import change_of


@patch(
    "/{product_id:uuid}",
    summary="Change a product",
    responses=answers(
        {HTTPStatus.OK: Success("The product as it is now.", examples.SHOWN)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["PRODUCT_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE", "CONCURRENT_UPDATE"],
        },
    ),
)
async def edit_product(
    request: JsonRequest,
    product_id: FromPath[UUID],
    data: Annotated[ChangeProductBody, shown(examples.CHANGE)],
    change_product: NamedDependency[ChangeProduct],
) -> Response[bytes]:
    """For those who run the store. Media in both the old list and the new one stay untouched."""
    product = await change_product(
        ChangeProductCommand(
            principal=request.user,
            product_id=ProductId(product_id),
            title=change_of(data.title, str),
            media=change_of(data.media, lambda media: [shown_media(each) for each in media]),
            coa_media_id=change_of(data.coa_media_id, MediaId),
        )
    )
    return answer(product_body(product), HTTPStatus.OK)
