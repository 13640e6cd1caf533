"""The attachments of one part or one kit, and which of them is its cover. It does not know whose it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.assets.failure import Failure
from domain.attachment_sets.errors import AttachmentBeingFetched, AttachmentSetFull, NotAnAddress
from domain.attachment_sets.set_attachment import (
    MAX_TITLE,
    AttachmentType,
    FetchStatus,
    SetAttachment,
    checked_title,
    type_of,
)
from domain.events import Aggregate
from domain.ids import AttachmentSetId, MediaId, SetAttachmentId, StoreId
from domain.media.media import Media

MOST_ATTACHMENTS = 200


class CoverChange(StrEnum):
    """Why a set has another cover, or none: its first image, the successor of a removed one, or somebody's will.
    CLEARED is also that a removed one has no successor.
    """

    AUTOMATIC = "automatic"
    REASSIGNED = "reassigned"
    CHOSEN = "chosen"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """`cover` is what became of the cover, None when it was another one."""

    attachment: SetAttachment
    cover: CoverChange | None


@dataclass(slots=True, kw_only=True)
class AttachmentSet(Aggregate):
    """`attachments` are oldest first. `cover_id` names one of them; an image becomes the cover by itself when there is
    none. What changes the cover answers how.
    """

    id: AttachmentSetId
    store_id: StoreId
    attachments: tuple[SetAttachment, ...] = ()
    cover_id: SetAttachmentId | None = None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def empty(cls, *, set_id: AttachmentSetId, store_id: StoreId, now: datetime) -> "AttachmentSet":
        return cls(id=set_id, store_id=store_id, created_at=now, updated_at=now)

    @property
    def cover(self) -> SetAttachment | None:
        return self.find(self.cover_id) if self.cover_id else None

    def find(self, attachment_id: SetAttachmentId) -> SetAttachment | None:
        return next((each for each in self.attachments if each.id == attachment_id), None)

    def add(self, attachment: SetAttachment, *, now: datetime) -> CoverChange | None:
        """Raises AttachmentSetFull."""
        self.require_room()
        self.attachments = tuple(sorted((*self.attachments, attachment), key=_age))
        self.updated_at = now
        return self._cover_with(attachment)

    def require_room(self) -> None:
        """Raises AttachmentSetFull."""
        if len(self.attachments) >= MOST_ATTACHMENTS:
            raise AttachmentSetFull(self.id, MOST_ATTACHMENTS)

    def remove(self, attachment_id: SetAttachmentId, *, now: datetime) -> Removed | None:
        """None when it is not there, or not any more. The oldest image that is left succeeds a removed cover."""
        removed = self.find(attachment_id)
        if removed is None:
            return None
        self.attachments = tuple(each for each in self.attachments if each.id != attachment_id)
        self.updated_at = now
        cover = self._replace_cover() if self.cover_id == attachment_id else None
        return Removed(attachment=removed, cover=cover)

    def choose_cover(self, attachment_id: SetAttachmentId, *, now: datetime) -> CoverChange | None:
        """Any of its attachments; None when it is the cover already."""
        if self.cover_id == attachment_id:
            return None
        assert self.find(attachment_id) is not None, "only one of its own can be its cover"
        self.cover_id, self.updated_at = attachment_id, now
        return CoverChange.CHOSEN

    def clear_cover(self, *, now: datetime) -> CoverChange | None:
        """There is none until the next image comes, or one is chosen."""
        if self.cover_id is None:
            return None
        self.cover_id, self.updated_at = None, now
        return CoverChange.CLEARED

    def retitle(self, attachment_id: SetAttachmentId, title: str, *, now: datetime) -> None:
        """Raises Rejected."""
        self._change(attachment_id, lambda each: replace(each, title=checked_title(title), has_own_title=True), now)

    def redirect(self, attachment_id: SetAttachmentId, url: str, *, now: datetime) -> bool:
        """Another fetchable address, or one that failed once more: True when it is to be fetched. False when it is the
        one that it has. Raises NotAnAddress, AttachmentBeingFetched.
        """
        found = self.find(attachment_id)
        if found is not None and found.url == url and found.fetch is not FetchStatus.FAILED:
            return False

        def to_fetch(each: SetAttachment) -> SetAttachment:
            if each.url is None or each.type is not AttachmentType.URL:
                raise NotAnAddress(each.id)
            if each.fetch is FetchStatus.FETCHING:
                raise AttachmentBeingFetched(each.id)
            title = each.titled(url[:MAX_TITLE])
            return replace(each, url=url, title=title, media_id=None, fetch=FetchStatus.FETCHING, failure=None)

        self._change(attachment_id, to_fetch, now)
        return True

    def awaits(self, attachment_id: SetAttachmentId, url: str) -> bool:
        """True while what is found there is wanted for that attachment."""
        found = self.find(attachment_id)
        return found is not None and found.fetch is FetchStatus.FETCHING and found.url == url

    def receive_file(self, attachment_id: SetAttachmentId, media: Media, *, now: datetime) -> CoverChange | None:
        """Its address was that of an image or a PDF: now it is one. Raises Rejected for any other media."""
        found = self._change(
            attachment_id,
            lambda each: replace(
                each,
                type=type_of(media.mime_type),
                title=each.titled(media.original_name),
                media_id=media.id,
                filename=media.original_name,
                content_type=media.mime_type,
                size=media.size,
                fetch=FetchStatus.FETCHED,
            ),
            now,
        )
        return self._cover_with(found)

    def receive_page(
        self, attachment_id: SetAttachmentId, *, title: str | None, preview: MediaId | None, now: datetime
    ) -> None:
        """Its address was that of a page, or of something that is not kept."""
        self._change(
            attachment_id,
            lambda each: replace(
                each,
                title=each.titled(title),
                media_id=preview,
                fetch=FetchStatus.FETCHED,
            ),
            now,
        )

    def fail_fetch(self, attachment_id: SetAttachmentId, failure: Failure, *, now: datetime) -> None:
        self._change(attachment_id, lambda each: replace(each, fetch=FetchStatus.FAILED, failure=failure), now)

    def detach(self, attachment_id: SetAttachmentId, media_id: MediaId, *, now: datetime) -> bool:
        """Give up a media: an address loses its preview, anything else goes altogether. False when it is not used, or
        not any more.
        """
        found = self.find(attachment_id)
        if found is None or found.media_id != media_id:
            return False
        if found.type is AttachmentType.URL:
            self._change(attachment_id, lambda each: replace(each, media_id=None), now)
        else:
            self.remove(attachment_id, now=now)
        return True

    def _cover_with(self, attachment: SetAttachment) -> CoverChange | None:
        if self.cover_id is not None or attachment.type is not AttachmentType.IMAGE:
            return None
        self.cover_id = attachment.id
        return CoverChange.AUTOMATIC

    def _replace_cover(self) -> CoverChange:
        images = [each.id for each in self.attachments if each.type is AttachmentType.IMAGE]
        self.cover_id = images[0] if images else None
        return CoverChange.REASSIGNED if images else CoverChange.CLEARED

    def _change(
        self, attachment_id: SetAttachmentId, step: Callable[[SetAttachment], SetAttachment], now: datetime
    ) -> SetAttachment:
        found = self.find(attachment_id)
        assert found is not None, "callers have found it in this set"
        changed = step(found)
        self.attachments = tuple(changed if each.id == attachment_id else each for each in self.attachments)
        self.updated_at = now
        return changed


def _age(attachment: SetAttachment) -> tuple[datetime, SetAttachmentId]:
    return attachment.created_at, attachment.id
