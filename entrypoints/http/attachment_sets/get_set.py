from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachment_sets.get_set import GetSet, SetQuery
from domain.ids import AttachmentSetId
from entrypoints.http.answering import answer
from entrypoints.http.attachment_sets import examples
from entrypoints.http.attachment_sets.responses import attachment_set_body
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@get(
    "/{set_id:uuid}",
    summary="See an attachment set",
    responses=answers(
        {HTTPStatus.OK: Success("The set as it is now.", examples.SET)},
        {HTTPStatus.NOT_FOUND: ["ATTACHMENT_SET_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def show_set(request: JsonRequest, set_id: FromPath[UUID], get_set: NamedDependency[GetSet]) -> Response[bytes]:
    """With all of its attachments."""
    shown = await get_set(SetQuery(principal=request.user, set_id=AttachmentSetId(set_id)))
    return answer(attachment_set_body(shown), HTTPStatus.OK)
