from http import HTTPStatus
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.products.detach_media import DetachMedia, DetachMediaCommand
from domain.ids import MediaId, ProductId
from entrypoints.http.answering import no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.queried import queried
from entrypoints.http.products.requests import UsageParameters
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.query_string import read_parameters


@delete(
    "/{product_id:uuid}/media/{media_id:uuid}",
    operation_class=queried(UsageParameters),
    summary="Show a media of a product no longer",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("It is not shown any more; the others have closed up.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["PRODUCT_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
            HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"],
        },
        takes_body=False,
    ),
)
async def hide_media(
    request: JsonRequest,
    product_id: FromPath[UUID],
    media_id: FromPath[UUID],
    detach_media: NamedDependency[DetachMedia],
) -> Response[None]:
    """For those who run the store. The media itself stays in the library."""
    given = read_parameters(request, UsageParameters)
    await detach_media(
        DetachMediaCommand(
            principal=request.user,
            product_id=ProductId(product_id),
            media_id=MediaId(media_id),
            usage_type=given.usage_type,
        )
    )
    return no_content()
