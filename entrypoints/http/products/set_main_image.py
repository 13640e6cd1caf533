from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.products.set_main_image import SetMainImage, SetMainImageCommand
from domain.ids import MediaId, ProductId, VariantId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.products import examples
from entrypoints.http.products.requests import SetMainImageBody
from entrypoints.http.products.responses import product_body
from entrypoints.http.reading.json_request import JsonRequest


@put(
    "/{product_id:uuid}/main-image",
    summary="Choose the main image",
    responses=answers(
        {HTTPStatus.OK: Success("The product as it is now.", examples.SHOWN)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["PRODUCT_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE", "CONCURRENT_UPDATE"],
        },
    ),
)
async def choose_main_image(
    request: JsonRequest,
    product_id: FromPath[UUID],
    data: Annotated[SetMainImageBody, shown(examples.MAIN)],
    set_main_image: NamedDependency[SetMainImage],
) -> Response[bytes]:
    """For those who run the store. The one before it goes back to the gallery."""
    product = await set_main_image(
        SetMainImageCommand(
            principal=request.user,
            product_id=ProductId(product_id),
            media_id=MediaId(data.media_id),
            variant_id=VariantId(data.variant_id) if data.variant_id else None,
        )
    )
    return answer(product_body(product), HTTPStatus.OK)
