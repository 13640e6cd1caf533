"""Who holds a blob at the moment when the store is asked for its object, and whether any of that has changed since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.ids import MediaId
from domain.media.blob import Blob
from domain.media.media import Media, MediaStatus

_WRITTEN_WITHIN = timedelta(minutes=5)
"""Of its hold; an upload that has not arrived by then has died, and is left to the sweeper."""


class UploadUnderWay(Unavailable):
    """Somebody is just bringing these bytes: it passes within moments, and within minutes where that somebody died."""

    code = "UPLOAD_UNDER_WAY"

    def __init__(self, key: str) -> None:
        super().__init__(f"the bytes of {key} are just being uploaded")
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobHolders:
    """`arrived` counted on the bytes; those that are `pending` have yet to look for them, and write them themselves."""

    blob: Blob
    everybody: frozenset[MediaId]
    arrived: Sequence[MediaId]
    pending: Collection[Media]

    @classmethod
    async def of(cls, tx: UnitOfWork, blob: Blob) -> "BlobHolders":
        holding = await tx.media.holding(blob.id)
        media = await tx.media.find_all(holding)
        return cls(
            blob=blob,
            everybody=frozenset(holding),
            arrived=sorted(each.id for each in media if each.is_visible and each.has_arrived),
            pending=[each for each in media if each.status is MediaStatus.PENDING],
        )

    def require_nobody_writes(self, *, now: datetime) -> None:
        """Raises UploadUnderWay."""
        if any(now < media.updated_at + _WRITTEN_WITHIN for media in self.pending):
            raise UploadUnderWay(self.blob.key)

    async def are_the_same(self, tx: UnitOfWork) -> bool:
        """False where somebody may have brought the bytes since: that takes a hold, and happens while it is PENDING.
        The blob is locked: until this transaction ends nobody takes hold of it.
        """
        blob = await tx.blobs.lock(self.blob.id)
        holding = frozenset(await tx.media.holding(self.blob.id))
        # Each hold that is taken or given back is a version: those that have come and gone meanwhile are seen by that.
        given_back = len(self.everybody - holding)
        if blob is None or holding - self.everybody or blob.version != self.blob.version + given_back:
            return False
        pending = await tx.media.pending_among([media.id for media in self.pending])
        return len(pending) == len(self.pending)
