"""Take a file that cannot be processed out of its batch, so that the rest may be READY."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.dead_letters.discard_letters import discard_letters
from application.ports.clock import Clock
from application.ports.storage import ObjectStore
from application.processing.settle_job import advance_listing
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset, AssetStatus
from domain.assets.errors import AssetNotFound, AssetNotRemovable
from domain.batches.batch import IN_FLIGHT, Archive, Batch, BatchStatus
from domain.batches.errors import BatchInFlight, BatchNotFound
from domain.ids import AssetId, BatchId
from domain.listings.access import require_manager
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAssetCommand:
    principal: Principal
    batch_id: BatchId
    asset_id: AssetId


class RemoveAsset:
    """The batch becomes READY when what remains has been processed and packed; else a retry makes it so. The file's
    objects are deleted.

    Raises BatchNotFound, AssetNotFound, NotPermitted, BatchInFlight, AssetNotRemovable.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, store: ObjectStore, clock: Clock) -> None:
        self._begin = begin
        self._store = store
        self._clock = clock

    async def __call__(self, command: RemoveAssetCommand) -> Batch:
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
            asset = next((asset for asset in assets if asset.id == command.asset_id), None)
            if asset is None:
                raise AssetNotFound(command.asset_id)
            if batch.status in IN_FLIGHT:
                raise BatchInFlight(batch.id, batch.status)
            if batch.status is not BatchStatus.FAILED or not batch.has_settled_before:
                raise AssetNotRemovable(asset.id, f"its batch is {batch.failure_code or batch.status}")
            if asset.status is not AssetStatus.FAILED:
                raise AssetNotRemovable(asset.id, f"it is {asset.status}; only FAILED files are taken out")
            rest = [other for other in assets if other.id != asset.id]
            if not rest:
                raise AssetNotRemovable(asset.id, "it is the last file of its batch; delete the batch instead")
            batch.file_count, batch.total_bytes = len(rest), sum(other.size for other in rest)
            complete = _is_complete(batch.archive, rest)
            if complete:
                batch.settle(failure=None, now=now)
            await tx.assets.remove([asset])
            await tx.batches.save(batch)
            of = None if complete else asset.id
            await discard_letters(tx, batch.id, asset_id=of, by=command.principal.user_id, now=now)
            if complete and batch.carries_photos:
                await advance_listing(tx, listing, now=now)
            await tx.commit()
        await self._store.delete([asset.key, *(rendition.key for rendition in asset.renditions)])
        return batch


def _is_complete(archive: Archive | None, assets: Sequence[Asset]) -> bool:
    """All are processed, and the archive holds them and nothing else. Otherwise a retry makes the archive anew."""
    processed = all(asset.status is AssetStatus.PROCESSED for asset in assets)
    return processed and archive is not None and archive.extracted_size == sum(asset.size for asset in assets)
