from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachment_sets.get_attachment import AttachmentQuery, GetAttachment
from domain.ids import AttachmentSetId, SetAttachmentId
from entrypoints.http.answering import answer
from entrypoints.http.attachment_sets import examples
from entrypoints.http.attachment_sets.responses import attachment_body
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@get(
    "/{set_id:uuid}/attachments/{attachment_id:uuid}",
    summary="See an attachment",
    responses=answers(
        {HTTPStatus.OK: Success("The attachment as it is now.", examples.IMAGE)},
        {
            HTTPStatus.NOT_FOUND: ["ATTACHMENT_SET_NOT_FOUND", "ATTACHMENT_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["ATTACHMENT_NOT_IN_SET"],
        },
        takes_body=False,
    ),
)
async def show_attachment(
    request: JsonRequest,
    set_id: FromPath[UUID],
    attachment_id: FromPath[UUID],
    get_attachment: NamedDependency[GetAttachment],
) -> Response[bytes]:
    shown = await get_attachment(
        AttachmentQuery(
            principal=request.user,
            set_id=AttachmentSetId(set_id),
            attachment_id=SetAttachmentId(attachment_id),
        )
    )
    return answer(attachment_body(shown), HTTPStatus.OK)
