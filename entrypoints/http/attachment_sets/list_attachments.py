from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachment_sets.get_set import GetSet, SetQuery
from domain.ids import AttachmentSetId
from entrypoints.http.answering import answer
from entrypoints.http.attachment_sets import examples
from entrypoints.http.attachment_sets.responses import AttachmentListBody, attachment_body
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@get(
    "/{set_id:uuid}/attachments",
    summary="List the attachments of a set",
    responses=answers(
        {HTTPStatus.OK: Success("Oldest first.", examples.LIST)},
        {HTTPStatus.NOT_FOUND: ["ATTACHMENT_SET_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def list_attachments(
    request: JsonRequest, set_id: FromPath[UUID], get_set: NamedDependency[GetSet]
) -> Response[bytes]:
    shown = await get_set(SetQuery(principal=request.user, set_id=AttachmentSetId(set_id)))
    return answer(AttachmentListBody([attachment_body(each) for each in shown.attachments]), HTTPStatus.OK)
