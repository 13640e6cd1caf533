"""Hide a batch everywhere; its history and its objects stay."""

from dataclasses import dataclass

from application.batches.abort_uploads import abort_uploads
from application.dead_letters.discard_letters import discard_letters
from application.ports.clock import Clock
from application.ports.storage import MultipartUploads
from application.processing.settle_job import advance_listing
from application.unit_of_work import UnitOfWorkFactory
from domain.batches.errors import BatchNotFound
from domain.ids import BatchId
from domain.listings.access import require_manager
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteBatchCommand:
    principal: Principal
    batch_id: BatchId


class DeleteBatch:
    """Raises BatchNotFound (also when it is deleted already), NotPermitted, BatchInFlight."""

    def __init__(self, *, begin: UnitOfWorkFactory, multipart: MultipartUploads, clock: Clock) -> None:
        self._begin = begin
        self._multipart = multipart
        self._clock = clock

    async def __call__(self, command: DeleteBatchCommand) -> None:
        now = self._clock.now()
        async with self._begin() as tx:
            found = await tx.batches.find(command.batch_id)
            if found is None or found.store_id != command.principal.store_id:
                raise BatchNotFound(command.batch_id)
            listing = await tx.listings.lock(found.listing_id)
            batch = await tx.batches.lock(command.batch_id)
            if listing is None or batch is None:
                raise BatchNotFound(command.batch_id)
            assets = await tx.assets.of_batch(batch.id)
            require_manager(listing, command.principal, {asset.media_type for asset in assets})
            batch.delete(now=now)
            await tx.batches.save(batch)
            await discard_letters(tx, batch.id, by=command.principal.user_id, now=now)
            if batch.carries_photos:
                # A failed batch may be all that kept a READY sibling from being shown to the owner.
                await advance_listing(tx, listing, now=now)
            await tx.commit()
        await abort_uploads(self._multipart, assets)
