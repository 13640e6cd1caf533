from http import HTTPStatus
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachment_sets.delete_attachment import DeleteAttachment, DeleteAttachmentCommand
from domain.ids import AttachmentSetId, SetAttachmentId
from entrypoints.http.answering import no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@delete(
    "/{set_id:uuid}/attachments/{attachment_id:uuid}",
    summary="Delete an attachment",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("It is gone; where it was the cover, the oldest image left is.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["ATTACHMENT_SET_NOT_FOUND", "ATTACHMENT_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["ATTACHMENT_NOT_IN_SET", "CONCURRENT_UPDATE"],
        },
        takes_body=False,
    ),
)
async def remove_attachment(
    request: JsonRequest,
    set_id: FromPath[UUID],
    attachment_id: FromPath[UUID],
    delete_attachment: NamedDependency[DeleteAttachment],
) -> Response[None]:
    """For those who run the store. Its media is released, and stays in the library."""
    await delete_attachment(
        DeleteAttachmentCommand(
            principal=request.user,
            set_id=AttachmentSetId(set_id),
            attachment_id=SetAttachmentId(attachment_id),
        )
    )
    return no_content()
