from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.products.create_product import CreateProduct, CreateProductCommand
from domain.ids import MediaId
from entrypoints.http.answering import created
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.creates import Creates
from entrypoints.http.products import examples
from entrypoints.http.products.requests import CreateProductBody
from entrypoints.http.products.responses import product_body
from entrypoints.http.products.shown_media import shown_media
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/",
    operation_class=Creates,
    summary="Create a product",
    responses=answers(
        {HTTPStatus.CREATED: Success("The product, with all that shows it.", examples.SHOWN)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE", "CONCURRENT_UPDATE"],
        },
    ),
)
async def make_product(
    request: JsonRequest,
    data: Annotated[CreateProductBody, shown(examples.NEW)],
    create_product: NamedDependency[CreateProduct],
) -> Response[bytes]:
    """For those who run the store."""
    product = await create_product(
        CreateProductCommand(
            principal=request.user,
            title=data.title,
            media=[shown_media(each) for each in data.media],
            coa_media_id=MediaId(data.coa_media_id) if data.coa_media_id else None,
        )
    )
    return created(product_body(product), request, product.id)
