from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from application.attachment_sets.attachment_links import ShownAttachment
from application.attachment_sets.get_set import ShownSet
from entrypoints.http.listing_media.responses import ErrorBody
from entrypoints.http.listing_media.summaries import error_body


class _Answer(msgspec.Struct, rename="camel"):
    pass


class AttachmentBody(_Answer, kw_only=True):
    """`type` is IMAGE, PDF or URL; a URL becomes one of the others when a worker finds such a file there. URLs that are
    signed live for a while.
    """

    attachment_id: UUID
    type: str
    title: str
    url: Annotated[str | None, Meta(description="Where it came from; null for what did not come from the web.")]
    media_id: Annotated[UUID | None, Meta(description="Its bytes in the library; of a URL a picture that previews it.")]
    filename: str | None
    content_type: str | None
    bytes: int | None
    attachment_url: Annotated[str | None, Meta(description="Its bytes; null for a URL, which has none.")]
    preview_url: Annotated[str | None, Meta(description="A picture of it, where there is one.")]
    fetch_status: Annotated[
        str | None, Meta(description="FETCHING, FETCHED or FAILED; null for what did not come from the web.")
    ]
    failure: Annotated[ErrorBody | None, Meta(description="Why it could not be fetched.")]
    created_at: datetime


class AttachmentListBody(_Answer):
    """Oldest first."""

    attachments: list[AttachmentBody]


class CoverBody(_Answer):
    """`cover` is null where there is none."""

    cover: AttachmentBody | None


class AttachmentSetBody(_Answer, kw_only=True):
    """`attachments` are oldest first."""

    attachment_set_id: UUID
    cover_attachment_id: UUID | None
    attachments: list[AttachmentBody]
    created_at: datetime
    updated_at: datetime


def attachment_set_body(shown: ShownSet) -> AttachmentSetBody:
    attachment_set = shown.attachment_set
    return AttachmentSetBody(
        attachment_set_id=attachment_set.id,
        cover_attachment_id=attachment_set.cover_id,
        attachments=[attachment_body(each) for each in shown.attachments],
        created_at=attachment_set.created_at,
        updated_at=attachment_set.updated_at,
    )


def cover_body(cover: ShownAttachment | None) -> CoverBody:
    return CoverBody(attachment_body(cover) if cover else None)


def attachment_body(shown: ShownAttachment) -> AttachmentBody:
    attachment = shown.attachment
    return AttachmentBody(
        attachment_id=attachment.id,
        type=attachment.type,
        title=attachment.title,
        url=attachment.url,
        media_id=attachment.media_id,
        filename=attachment.filename,
        content_type=attachment.content_type,
        bytes=attachment.size,
        attachment_url=shown.attachment_url,
        preview_url=shown.preview_url,
        fetch_status=attachment.fetch,
        failure=error_body(attachment.failure),
        created_at=attachment.created_at,
    )
