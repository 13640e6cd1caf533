from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachment_sets.choose_cover import ChooseCover, ChooseCoverCommand
from domain.ids import AttachmentSetId, SetAttachmentId
from entrypoints.http.answering import answer
from entrypoints.http.attachment_sets import examples
from entrypoints.http.attachment_sets.requests import ChooseCoverBody
from entrypoints.http.attachment_sets.responses import cover_body
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.reading.json_request import JsonRequest


@put(
    "/{set_id:uuid}/cover",
    summary="Choose the cover of a set",
    responses=answers(
        {HTTPStatus.OK: Success("The new cover.", examples.COVER)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["ATTACHMENT_SET_NOT_FOUND", "ATTACHMENT_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["ATTACHMENT_NOT_IN_SET", "CONCURRENT_UPDATE"],
        },
    ),
)
async def put_cover(
    request: JsonRequest,
    set_id: FromPath[UUID],
    data: Annotated[ChooseCoverBody, shown(examples.CHOICE)],
    choose_cover: NamedDependency[ChooseCover],
) -> Response[bytes]:
    """For those who run the store; any attachment of the set. May be repeated."""
    cover = await choose_cover(
        ChooseCoverCommand(
            principal=request.user,
            set_id=AttachmentSetId(set_id),
            attachment_id=SetAttachmentId(data.attachment_id),
        )
    )
    return answer(cover_body(cover), HTTPStatus.OK)
