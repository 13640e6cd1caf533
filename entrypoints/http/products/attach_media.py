from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.products.attach_media import AttachMedia, AttachMediaCommand
from domain.ids import ProductId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.products import examples
from entrypoints.http.products.requests import AttachMediaBody
from entrypoints.http.products.responses import product_body
from entrypoints.http.products.shown_media import shown_media
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/{product_id:uuid}/media",
    status_code=HTTPStatus.OK,
    summary="Show a media of a product",
    responses=answers(
        {HTTPStatus.OK: Success("The product as it is now.", examples.SHOWN)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["PRODUCT_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE", "CONCURRENT_UPDATE"],
        },
    ),
)
async def show_media(
    request: JsonRequest,
    product_id: FromPath[UUID],
    data: Annotated[AttachMediaBody, shown(examples.ATTACHED)],
    attach_media: NamedDependency[AttachMedia],
) -> Response[bytes]:
    """For those who run the store. May be repeated: what is shown in this way already stays as it is."""
    product = await attach_media(
        AttachMediaCommand(
            principal=request.user, product_id=ProductId(product_id), shown=shown_media(data), place=data.display_order
        )
    )
    return answer(product_body(product), HTTPStatus.OK)
