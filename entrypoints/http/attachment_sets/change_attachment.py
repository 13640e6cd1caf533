from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachment_sets.change_attachment import ChangeAttachment, ChangeAttachmentCommand
from domain.errors import Rejected, Violation
from domain.ids import AttachmentSetId, SetAttachmentId
from entrypoints.http.answering import answer
from entrypoints.http.attachment_sets import examples
from entrypoints.http.attachment_sets.requests import ChangeAttachmentBody
from entrypoints.http.attachment_sets.responses import attachment_body
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.reading.json_request import JsonRequest


@put(
    "/{set_id:uuid}/attachments/{attachment_id:uuid}",
    summary="Change an attachment",
    responses=answers(
        {HTTPStatus.OK: Success("The attachment as it is now.", examples.IMAGE)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["ATTACHMENT_SET_NOT_FOUND", "ATTACHMENT_NOT_FOUND"],
            HTTPStatus.CONFLICT: [
                *("ATTACHMENT_NOT_IN_SET", "NOT_AN_ADDRESS", "ATTACHMENT_BEING_FETCHED", "CONCURRENT_UPDATE"),
            ],
        },
    ),
)
async def edit_attachment(
    request: JsonRequest,
    set_id: FromPath[UUID],
    attachment_id: FromPath[UUID],
    data: Annotated[ChangeAttachmentBody, shown(examples.CHANGE)],
    change_attachment: NamedDependency[ChangeAttachment],
) -> Response[bytes]:
    """For those who run the store. Of its title and its address what is left out stays as it is. An address is
    fetched if it is another one than before, or has failed.
    """
    if data.title is None and data.url is None:
        raise Rejected("there is nothing to change", [Violation("", "MISSING_FIELD", "title, url or both")])
    changed = await change_attachment(
        ChangeAttachmentCommand(
            principal=request.user,
            set_id=AttachmentSetId(set_id),
            attachment_id=SetAttachmentId(attachment_id),
            title=data.title,
            url=data.url,
        )
    )
    return answer(attachment_body(changed), HTTPStatus.OK)
