"""What is derived of attachments and never stored: where they can be fetched, for a while."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from application.media.media_links import MediaLinks
from application.unit_of_work import UnitOfWork
from domain.attachment_sets.set_attachment import AttachmentType, SetAttachment
from domain.ids import MediaId
from domain.media.access import may_see
from domain.media.content_class import ContentClass
from domain.media.media import Media, MediaStatus
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAttachment:
    """`attachment_url` are its bytes; None for an address, which has none. `preview_url` is a picture of it."""

    attachment: SetAttachment
    attachment_url: str | None
    preview_url: str | None


class AttachmentLinks:
    """Nothing is signed for whom a confidential media is not for."""

    def __init__(self, *, links: MediaLinks) -> None:
        self._links = links

    def shown(self, attachment: SetAttachment, media: Media | None, principal: Principal) -> ShownAttachment:
        """`media` is the one that it uses, if any."""
        if media is None or not may_see(media, principal):
            return ShownAttachment(attachment=attachment, attachment_url=None, preview_url=None)
        has_bytes = attachment.type is not AttachmentType.URL
        return ShownAttachment(
            attachment=attachment,
            attachment_url=self._links.downloads(media).url if has_bytes else None,
            preview_url=self._picture_of(media),
        )

    def cover_url(self, cover: Media | None, principal: Principal) -> str | None:
        return self._picture_of(cover) if cover is not None and may_see(cover, principal) else None

    def _picture_of(self, media: Media) -> str | None:
        """A thumbnail, or the picture itself before there is one. There is none of an SVG, which no browser is to run,
        or of a picture that turned out to be broken.
        """
        thumbnail = self._links.thumbnail(media)
        is_fresh = media.content_class is ContentClass.IMAGE and media.status is not MediaStatus.FAILED
        return self._links.downloads(media).url if thumbnail is None and is_fresh else thumbnail


async def media_of(tx: UnitOfWork, attachments: Collection[SetAttachment]) -> Mapping[MediaId, Media]:
    """In one query, however many."""
    wanted = {attachment.media_id for attachment in attachments if attachment.media_id is not None}
    return {media.id: media for media in await tx.media.find_all(wanted)} if wanted else {}
