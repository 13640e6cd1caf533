from http import HTTPStatus
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachment_sets.clear_cover import ClearCover, ClearCoverCommand
from domain.ids import AttachmentSetId
from entrypoints.http.answering import no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@delete(
    "/{set_id:uuid}/cover",
    summary="Have no cover",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("There is none, until the next image comes or one is chosen.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["ATTACHMENT_SET_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
        },
        takes_body=False,
    ),
)
async def take_cover_off(
    request: JsonRequest, set_id: FromPath[UUID], clear_cover: NamedDependency[ClearCover]
) -> Response[None]:
    """For those who run the store. The attachment stays in the set. May be repeated."""
    await clear_cover(ClearCoverCommand(principal=request.user, set_id=AttachmentSetId(set_id)))
    return no_content()
