"""One logical file of a store: who brought it, what it is, what was made of it, whether it may still be used."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import MediaFacts, Rendition
from domain.checksum import Checksum
from domain.events import Aggregate
from domain.ids import BlobId, MediaId, StoreId, UserId
from domain.media.blob import Blob
from domain.media.content_class import ContentClass, class_of
from domain.media.deletion_failure import DeletionFailure
from domain.media.errors import MediaNotArrived, MediaNotPending
from domain.media.events import (
    MediaDeleted,
    MediaDeleteFailed,
    MediaDeleteRequested,
    MediaFailed,
    MediaQuarantined,
    MediaReady,
    MediaUpdated,
    MediaUploaded,
    PhotoDeleted,
    PhotoUploaded,
)
from domain.media.kind import POLICIES, MediaKind
from domain.media.object_keys import staging_key
from domain.media.obstacle import Obstacle
from domain.state_machine import StateMachine

DEFAULT_FOLDER = "general"
_EDITION = 16
"""Hexadecimal digits."""


class MediaStatus(StrEnum):
    PENDING = "PENDING"
    UPLOADED = "UPLOADED"
    READY = "READY"
    FAILED = "FAILED"
    DELETE_REQUESTED = "DELETE_REQUESTED"
    DELETE_FAILED = "DELETE_FAILED"
    DELETED = "DELETED"


MEDIA_LIFECYCLE = StateMachine(
    "media",
    {
        MediaStatus.PENDING: frozenset({MediaStatus.UPLOADED, MediaStatus.FAILED, MediaStatus.DELETE_REQUESTED}),
        MediaStatus.UPLOADED: frozenset({MediaStatus.READY, MediaStatus.FAILED, MediaStatus.DELETE_REQUESTED}),
        MediaStatus.READY: frozenset({MediaStatus.DELETE_REQUESTED}),
        MediaStatus.FAILED: frozenset({MediaStatus.UPLOADED, MediaStatus.DELETE_REQUESTED}),
        MediaStatus.DELETE_REQUESTED: frozenset({MediaStatus.DELETED, MediaStatus.DELETE_FAILED}),
        MediaStatus.DELETE_FAILED: frozenset({MediaStatus.DELETE_REQUESTED}),
    },
)
ATTACHABLE = frozenset({MediaStatus.UPLOADED, MediaStatus.READY})
GOING = frozenset({MediaStatus.DELETE_REQUESTED, MediaStatus.DELETE_FAILED})
"""On its way out: still there, and to be used by nobody."""
VISIBLE = frozenset({MediaStatus.PENDING, MediaStatus.UPLOADED, MediaStatus.READY, MediaStatus.FAILED})
"""What the library shows."""
_OBSTACLES = {MediaStatus.PENDING: Obstacle.PENDING, MediaStatus.FAILED: Obstacle.FAILED}


@dataclass(slots=True, kw_only=True)
class Media(Aggregate):
    """`size` in bytes, `mime_type` as the bytes prove it; both as announced while PENDING. `checksum` is None where a
    direct upload is still flowing. `storage_key` is where its bytes are on their way to while PENDING, then the key of
    its blob. `blob_id` is the hold on the bytes, let go with the tombstone.

    `usage_count` moves with the ledger alone: saving writes everything but that. `deletions` counts how often the
    deletion worker was called. `failure` is set while FAILED, `deletion_failure` while DELETE_FAILED.
    """

    id: MediaId
    store_id: StoreId
    user_id: UserId
    kind: MediaKind
    status: MediaStatus = MediaStatus.PENDING
    failure: Failure | None = None
    blob_id: BlobId | None = None
    checksum: Checksum | None
    original_name: str
    mime_type: str
    size: int
    storage_key: str
    facts: MediaFacts | None = None
    renditions: tuple[Rendition, ...] = ()
    alt_text: str | None = None
    description: str | None = None
    folder: str = DEFAULT_FOLDER
    usage_count: int = 0
    deletions: int = 0
    deletion_failure: DeletionFailure | None = None
    created_at: datetime
    updated_at: datetime
    quarantined_at: datetime | None = None
    deleted_at: datetime | None = None

    @classmethod
    def announce(
        cls,
        *,
        media_id: MediaId,
        store_id: StoreId,
        user_id: UserId,
        kind: MediaKind,
        original_name: str,
        mime_type: str,
        size: int,
        checksum: Checksum | None,
        folder: str,
        now: datetime,
        storage_key: str | None = None,
        alt_text: str | None = None,
        description: str | None = None,
    ) -> "Media":
        """A file that is on its way to `storage_key`, or to its staging key."""
        return cls(
            id=media_id,
            store_id=store_id,
            user_id=user_id,
            kind=kind,
            checksum=checksum,
            original_name=original_name,
            mime_type=mime_type,
            size=size,
            storage_key=storage_key or staging_key(store_id, media_id),
            alt_text=alt_text,
            description=description,
            folder=folder,
            created_at=now,
            updated_at=now,
        )

    @property
    def content_class(self) -> ContentClass:
        return class_of(self.mime_type)

    @property
    def is_confidential(self) -> bool:
        return POLICIES[self.kind].confidential

    @property
    def has_arrived(self) -> bool:
        """True once its bytes have been proved to lie there, and until it is buried."""
        return self.status is not MediaStatus.PENDING and self.blob_id is not None

    @property
    def is_served(self) -> bool:
        """True while its bytes can be fetched."""
        return self.is_visible and self.has_arrived and self.quarantined_at is None

    @property
    def is_visible(self) -> bool:
        return self.status in VISIBLE

    @property
    def is_attachable(self) -> bool:
        return self.obstacle is None

    @property
    def obstacle(self) -> Obstacle | None:
        """What keeps it from being used."""
        if not self.is_visible:
            return Obstacle.NOT_FOUND
        if self.quarantined_at is not None:
            return Obstacle.QUARANTINED
        return None if self.status in ATTACHABLE else _OBSTACLES[self.status]

    def require_pending(self) -> None:
        """Raises MediaNotPending."""
        if self.status is not MediaStatus.PENDING:
            raise MediaNotPending(self.id, self.status)

    def hold(self, blob: Blob, *, now: datetime) -> None:
        """Take hold of the bytes, which must still be proved to lie there. Repeating it takes no second hold, and tells
        that somebody is at it.
        """
        self.require_pending()
        self.updated_at = now
        if self.blob_id == blob.id:
            return
        assert self.blob_id is None, "a hold that is not let go is never given back"
        assert self.store_id == blob.store_id
        blob.require_settled(now=now)
        blob.acquire()
        self.blob_id = blob.id
        self.checksum, self.size = blob.checksum, blob.size

    def arrive(self, blob: Blob, *, mime_type: str, facts: MediaFacts | None, url: str, now: datetime) -> None:
        """Its bytes lie under the key of the blob that it holds. `facts` where the upload has looked into it already;
        `url` is its address in the API. Raises MediaNotPending.
        """
        self.require_pending()
        assert self.blob_id == blob.id
        self._move(MediaStatus.UPLOADED, now)
        self.mime_type, self.storage_key, self.facts = mime_type, blob.key, facts
        self.record(
            MediaUploaded(
                media_id=self.id,
                store_id=self.store_id,
                user_id=self.user_id,
                kind=self.kind,
                mime_type=mime_type,
                size=self.size,
                checksum=str(blob.checksum),
                occurred_at=now,
            )
        )
        if self.content_class is ContentClass.IMAGE:
            self.record(
                PhotoUploaded(
                    id=self.id,
                    user_id=self.user_id,
                    store_id=self.store_id,
                    url=None if self.is_confidential else url,
                    mime_type=mime_type,
                    size=self.size,
                    occurred_at=now,
                )
            )

    def ready(self, *, facts: MediaFacts | None, renditions: tuple[Rendition, ...], now: datetime) -> None:
        """All that is derived of it is made; nothing is, of many types."""
        self._move(MediaStatus.READY, now)
        self.facts = facts or self.facts
        self.renditions = renditions
        self.record(MediaReady(media_id=self.id, store_id=self.store_id, occurred_at=now))

    def fail(self, failure: Failure, *, now: datetime) -> None:
        """Nothing can be derived of it; its bytes stay."""
        MEDIA_LIFECYCLE.require(self.status, MediaStatus.UPLOADED)
        self._fail(failure, now)

    def retry(self, *, now: datetime) -> None:
        """Derive again. Raises MediaNotArrived for one that failed without its bytes."""
        MEDIA_LIFECYCLE.require(self.status, MediaStatus.FAILED)
        if self.blob_id is None:
            raise MediaNotArrived(self.id)
        self._move(MediaStatus.UPLOADED, now)
        self.failure = None

    def give_up(self, blob: Blob | None, failure: Failure, *, now: datetime) -> None:
        """It will never arrive. `blob` is the one it holds, locked; None if none. Raises MediaNotPending."""
        self.require_pending()
        self.let_go(blob, now=now)
        self._fail(failure, now)

    def expire(self, blob: Blob | None, *, now: datetime) -> None:
        """As `give_up`: nobody has completed its upload in time."""
        self.give_up(blob, Failure(code=FailureCode.UPLOAD_EXPIRED, detail="it was not uploaded in time"), now=now)

    @property
    def edition(self) -> str:
        """Names what people say of it: another one is said differently, whatever has happened to its bytes and uses."""
        said = (self.alt_text, self.description, self.folder, self.original_name)
        return sha256(repr(said).encode()).hexdigest()[:_EDITION]

    def update(
        self, *, alt_text: str | None, description: str | None, folder: str, original_name: str, now: datetime
    ) -> bool:
        """What people say of it. False when it says so already."""
        before = (self.alt_text, self.description, self.folder, self.original_name)
        if before == (alt_text, description, folder, original_name):
            return False
        self.alt_text, self.description = alt_text, description
        self.folder, self.original_name = folder, original_name
        self.updated_at = now
        self.record(MediaUpdated(media_id=self.id, store_id=self.store_id, occurred_at=now))
        return True

    def request_deletion(self, *, now: datetime) -> None:
        """From here on nobody can attach it. Whoever calls has seen that no protected use is left."""
        self._move(MediaStatus.DELETE_REQUESTED, now)
        self.failure = self.deletion_failure = None
        self.call_deletion_worker(now=now)

    def call_deletion_worker(self, *, now: datetime) -> None:
        """Once more, where an earlier call seems to have been lost, or the worker has given up."""
        self.resume_deletion(now=now)
        self.deletions += 1
        self.updated_at = now
        self.record(
            MediaDeleteRequested(media_id=self.id, store_id=self.store_id, attempt=self.deletions, occurred_at=now)
        )

    def resume_deletion(self, *, now: datetime) -> None:
        """The worker is at it, also where it had given up before."""
        if self.status is MediaStatus.DELETE_FAILED:
            self._move(MediaStatus.DELETE_REQUESTED, now)
            self.deletion_failure = None
        MEDIA_LIFECYCLE.require(self.status, MediaStatus.DELETE_REQUESTED)

    def fail_deletion(self, failure: DeletionFailure, *, now: datetime) -> None:
        """The worker gives up for now."""
        self._move(MediaStatus.DELETE_FAILED, now)
        self.deletion_failure = failure
        self.record(MediaDeleteFailed(media_id=self.id, store_id=self.store_id, code=failure.code, occurred_at=now))

    def bury(self, blob: Blob | None, *, now: datetime) -> None:
        """The tombstone: nothing is left but that it existed. `blob` is the one it holds, locked; None if none."""
        self._move(MediaStatus.DELETED, now)
        self.deleted_at = now
        self.renditions = ()
        # Of a photo that never came, nobody was told.
        is_photo = self.content_class is ContentClass.IMAGE and blob is not None
        self.let_go(blob, now=now)
        self.record(MediaDeleted(media_id=self.id, store_id=self.store_id, occurred_at=now))
        if is_photo:
            self.record(PhotoDeleted(id=self.id, occurred_at=now))

    def let_go(self, blob: Blob | None, *, now: datetime) -> None:
        """Give up the hold on the bytes. `blob` is the one it holds, locked; None if none."""
        assert self.blob_id == (blob.id if blob else None)
        if blob is not None:
            blob.release(now=now)
            self.blob_id = None

    def quarantine(self, *, now: datetime) -> bool:
        """Its bytes are gone and it must not go. False when that is known."""
        if self.quarantined_at is not None:
            return False
        self.quarantined_at = self.updated_at = now
        self.record(
            MediaQuarantined(media_id=self.id, store_id=self.store_id, object_key=self.storage_key, occurred_at=now)
        )
        return True

    def release_from_quarantine(self, *, now: datetime) -> None:
        """Its bytes lie there again."""
        self.quarantined_at, self.updated_at = None, now

    def _fail(self, failure: Failure, now: datetime) -> None:
        self._move(MediaStatus.FAILED, now)
        self.failure = failure
        self.record(MediaFailed(media_id=self.id, store_id=self.store_id, code=failure.code, occurred_at=now))

    def _move(self, target: MediaStatus, now: datetime) -> None:
        self.status = MEDIA_LIFECYCLE.move(self.status, target)
        self.updated_at = now
