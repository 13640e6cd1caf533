"""The store tells that an upload has arrived: people see it before the client says so."""

from application.ports.clock import Clock
from application.storage.notification import StorageNotification
from application.storage.route_notification import CONSUMER
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.asset import Asset, AssetStatus
from domain.batches.object_keys import owner_in
from domain.ids import AssetId


class NoteArrival:
    """Nothing is proved by it and nothing begins: `complete` looks for itself. Answers whether it was news."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, notification: StorageNotification) -> bool:
        now = self._clock.now()
        async with self._begin() as tx:
            seen = await _awaited(tx, notification.key)
            if seen is None:
                return False
            if not await tx.processed_messages.first_time(CONSUMER, notification.identity, now=now):
                return False
            # `complete` reads and writes the assets of a batch that it has locked.
            await tx.batches.lock(seen.batch_id)
            asset = await _awaited(tx, notification.key)
            if asset is None:
                return False
            asset.arrive(at=notification.at or now, now=now)
            await tx.assets.save([asset])
            await tx.commit()
        return True


async def _awaited(tx: UnitOfWork, key: str) -> Asset | None:
    """The asset whose upload under this key is awaited, and not known to have arrived."""
    owner = owner_in(key)
    asset = await tx.assets.find(AssetId(owner)) if owner is not None else None
    if asset is None or asset.key != key or asset.status is not AssetStatus.PENDING_UPLOAD:
        return None
    return asset if asset.arrived_at is None else None
