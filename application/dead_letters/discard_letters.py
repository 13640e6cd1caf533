"""What they are about is gone: nobody need decide on them any more."""

from datetime import datetime

from application.unit_of_work import UnitOfWork
from domain.ids import AssetId, BatchId, MediaId, UserId


async def discard_letters(
    tx: UnitOfWork, batch_id: BatchId, *, asset_id: AssetId | None = None, by: UserId, now: datetime
) -> None:
    """Those of one file, or of the whole batch; within a transaction that has locked the batch."""
    letters = [
        letter
        for letter in await tx.dead_letters.lock_open_of_batch(batch_id)
        if asset_id is None or letter.asset_id == asset_id
    ]
    for letter in letters:
        letter.discard(by=by, now=now)
    await tx.dead_letters.save(letters)


async def discard_media_letters(tx: UnitOfWork, media_id: MediaId, *, by: UserId, now: datetime) -> None:
    """Within a transaction that has locked the media."""
    letters = await tx.dead_letters.lock_open_of_media(media_id)
    for letter in letters:
        letter.discard(by=by, now=now)
    await tx.dead_letters.save(letters)
