from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from application.attachment_sets.copy_attachment import CopyAttachment, CopyAttachmentCommand
from domain.ids import SetAttachmentId
from entrypoints.http.answering import created_elsewhere
from entrypoints.http.attachment_sets.examples import IMAGE
from entrypoints.http.attachment_sets.responses import attachment_body
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.creates import Creates
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.set_owners import examples
from entrypoints.http.set_owners.owner_api import OwnerApi
from entrypoints.http.set_owners.requests import CopyAttachmentBody


def copying(api: OwnerApi[Any]) -> HTTPRouteHandler:
    @post(
        f"{api.one}/attachments",
        operation_class=Creates,
        operation_id=f"copyTo{api.noun.title()}",
        summary=f"Copy an attachment to a {api.noun}",
        description="For those who run the store. The bytes are not copied: both attachments use one media.",
        responses=answers(
            {HTTPStatus.CREATED: Success(f"The copy, in the attachment set of the {api.noun}.", IMAGE)},
            {
                HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
                HTTPStatus.NOT_FOUND: [api.not_found, "ATTACHMENT_NOT_FOUND"],
                HTTPStatus.CONFLICT: [
                    *("ATTACHMENT_BEING_FETCHED", "ATTACHMENT_SET_FULL", "MEDIA_NOT_ATTACHABLE", "CONCURRENT_UPDATE"),
                ],
            },
        ),
    )
    async def copy(
        request: JsonRequest,
        owner_id: Annotated[UUID, PathParameter(name=api.id_name)],
        data: Annotated[CopyAttachmentBody, shown(examples.COPY)],
        copy_attachment: NamedDependency[CopyAttachment[Any]],
    ) -> Response[bytes]:
        copied = await copy_attachment(
            CopyAttachmentCommand(
                principal=request.user, owner_id=owner_id, attachment_id=SetAttachmentId(data.attachment_id)
            )
        )
        return created_elsewhere(
            f"/api/v2/attachment-sets/{copied.set_id}/attachments/{copied.shown.attachment.id}",
            attachment_body(copied.shown),
        )

    return copy
