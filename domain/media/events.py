"""`photo.*` tells of images alone, in the shape that readers of the old channels know; `media.*` tells of all."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.events import Event
from domain.ids import MediaId, StoreId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaEvent(Event):
    media_id: MediaId
    store_id: StoreId

    @property
    def key(self) -> UUID:
        return self.media_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaUploaded(MediaEvent):
    """Its bytes lie in the store, checked. `checksum` is `sha256:<hex>`, `size` in bytes."""

    type: ClassVar[str] = "media.uploaded"
    user_id: UserId
    kind: str
    mime_type: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaReady(MediaEvent):
    """All that is derived of it can be downloaded."""

    type: ClassVar[str] = "media.ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFailed(MediaEvent):
    """It never arrived, or nothing can be derived of it."""

    type: ClassVar[str] = "media.failed"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaUpdated(MediaEvent):
    """Somebody has changed its name, folder or descriptions."""

    type: ClassVar[str] = "media.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaDeleteRequested(MediaEvent):
    """The gatekeeper has let it go: the deletion worker starts on this. `attempt` counts how often it was told."""

    type: ClassVar[str] = "media.delete_requested"
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaDeleteFailed(MediaEvent):
    """The deletion worker has given up for now; the sweeper asks again."""

    type: ClassVar[str] = "media.delete_failed"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaDeleted(MediaEvent):
    """Nobody uses it and nobody sees it any more."""

    type: ClassVar[str] = "media.deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaQuarantined(MediaEvent):
    """An alarm: its bytes have vanished from the store, and somebody has a protected use of it."""

    type: ClassVar[str] = "media.quarantined"
    object_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoEvent(Event):
    id: MediaId

    @property
    def key(self) -> UUID:
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoUploaded(PhotoEvent):
    """An image came in, whichever way. `url` is its address in the API, where downloads are signed; None for a
    confidential one.
    """

    type: ClassVar[str] = "photo.uploaded"
    user_id: UserId
    store_id: StoreId
    url: str | None
    mime_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoDeleted(PhotoEvent):
    """The image is deleted."""

    type: ClassVar[str] = "photo.deleted"
