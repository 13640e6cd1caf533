"""The bytes of a store's media, stored once however many media hold them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.checksum import Checksum
from domain.errors import Unavailable
from domain.events import Aggregate
from domain.ids import BlobId, StoreId

REMOVAL_AT_MOST = timedelta(minutes=5)
"""No removal that a collector has asked for takes effect later: far beyond every timeout of the store."""


class BlobBeingCollected(Unavailable):
    """It passes within moments."""

    code = "BLOB_BEING_COLLECTED"

    def __init__(self, blob_id: BlobId) -> None:
        super().__init__(f"blob {blob_id} is just being removed")
        self.blob_id = blob_id


@dataclass(slots=True, kw_only=True)
class Blob(Aggregate):
    """`holders` counts the media that hold it; whoever changes that has locked the blob. `condemned_at` is set while
    nobody holds it: after a time of grace the collector removes the object, then the row. `collecting_since` is when it
    set out to do so. `key` is where its object lies or is to lie, and never changes; `size` in bytes.
    """

    id: BlobId
    store_id: StoreId
    checksum: Checksum
    key: str
    size: int
    content_type: str
    holders: int = 0
    condemned_at: datetime | None = None
    collecting_since: datetime | None = None
    created_at: datetime

    @classmethod
    def describe(
        cls,
        *,
        blob_id: BlobId,
        store_id: StoreId,
        checksum: Checksum,
        key: str,
        size: int,
        content_type: str,
        now: datetime,
    ) -> "Blob":
        """Bytes that nobody holds yet, so condemned until somebody does."""
        return cls(
            id=blob_id,
            store_id=store_id,
            checksum=checksum,
            key=key,
            size=size,
            content_type=content_type,
            condemned_at=now,
            created_at=now,
        )

    def correct_size(self, size: int) -> None:
        """To what its bytes have by proof, whatever it was described by. What lies there of another size is no more
        taken for them.
        """
        self.size = size

    def is_there(self, size: int, checksum: Checksum | None) -> bool:
        """True when what lies at its key can be its bytes: `size` fits, and `checksum`, where the store keeps one."""
        return size == self.size and checksum in {None, self.checksum}

    def acquire(self) -> None:
        """One more media holds it; that revives a condemned one."""
        self.holders += 1
        self.condemned_at = self.collecting_since = None

    def release(self, *, now: datetime) -> None:
        """One media less; the last one condemns it."""
        if self.holders < 1:
            raise ValueError(f"nobody holds blob {self.id}")
        self.holders -= 1
        if self.holders == 0:
            self.condemned_at = now

    def require_settled(self, *, now: datetime) -> None:
        """Raise BlobBeingCollected while a collector's removal may still be under way: whoever found the object now
        might lose it a moment later.
        """
        if self.collecting_since is not None and now < self.collecting_since + REMOVAL_AT_MOST:
            raise BlobBeingCollected(self.id)

    def begin_collection(self, *, now: datetime) -> None:
        """The object is about to be removed; from here on nobody takes hold of it for a while."""
        self.collecting_since = now

    def recount(self, holders: int, *, now: datetime) -> None:
        """What an audit has counted."""
        self.holders = holders
        self.condemned_at = (self.condemned_at or now) if holders == 0 else None

    def is_collectable(self, *, before: datetime) -> bool:
        """True when it was condemned before that moment and nobody has held it since."""
        return self.holders == 0 and self.condemned_at is not None and self.condemned_at < before
