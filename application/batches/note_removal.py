"""The store tells that an object is gone. If somebody needs it, that is an alarm, and nothing else."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.storage import ObjectStore
from application.ports.telemetry import Telemetry
from application.storage.notification import StorageNotification
from application.storage.route_notification import CONSUMER
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.asset import Asset, AssetStatus
from domain.batches.batch import Batch
from domain.batches.object_keys import ObjectKind, owner_in
from domain.ids import AssetId, BatchId


@dataclass(slots=True, kw_only=True)
class _Concerned:
    """Whom an object concerns. `kind` is what it is needed as; None for an upload that nobody has counted on yet."""

    batch: Batch
    asset: Asset | None
    kind: ObjectKind | None


class NoteRemoval:
    """Answers whether anybody was concerned. What we have deleted ourselves concerns nobody; what was put back, or
    replaced, is not gone: the store is asked. Nothing is deleted and nothing is detached.
    """

    def __init__(
        self, *, begin: UnitOfWorkFactory, store: ObjectStore, clock: Clock, telemetry: Telemetry, log: Log
    ) -> None:
        self._begin = begin
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._log = log

    async def __call__(self, notification: StorageNotification) -> bool:
        async with self._begin() as tx:
            seen = await _concerned_by(tx, notification.key)
        if seen is None or await self._store.head(notification.key) is not None:
            return False
        now = self._clock.now()
        async with self._begin() as tx:
            if not await tx.processed_messages.first_time(CONSUMER, notification.identity, now=now):
                return False
            # Whoever deletes, completes or settles a batch holds it; what they have done is to be seen here.
            await tx.batches.lock(seen.batch.id)
            concerned = await _concerned_by(tx, notification.key)
            if concerned is None:
                return False
            batch, asset, kind = concerned.batch, concerned.asset, concerned.kind
            if kind is not None:
                batch.raise_alarm(key=notification.key, kind=kind, asset_id=asset.id if asset else None, now=now)
                await tx.batches.save(batch)
            elif asset is not None and asset.vanish(now=now):
                await tx.assets.save([asset])
            await tx.commit()
        if kind is not None:
            self._tell(notification.key, kind, batch, asset)
        return True

    def _tell(self, key: str, kind: ObjectKind, batch: Batch, asset: Asset | None) -> None:
        self._telemetry.object_lost(kind)
        self._log.warning(
            "object.lost",
            kind=kind,
            key=key,
            listing_id=batch.listing_id,
            batch_id=batch.id,
            asset_id=asset.id if asset else None,
        )


async def _concerned_by(tx: UnitOfWork, key: str) -> _Concerned | None:
    """By id, never by a search: our keys carry the id of their asset or batch."""
    owner = owner_in(key)
    if owner is None:
        return None
    asset = await tx.assets.find(AssetId(owner))
    batch = await tx.batches.find(asset.batch_id if asset is not None else BatchId(owner))
    if batch is None:
        return None
    if asset is None:
        is_archive = batch.archive is not None and batch.archive.key == key
        return _Concerned(batch=batch, asset=None, kind=ObjectKind.ARCHIVE) if is_archive else None
    kind = asset.needs(key)
    awaited = key == asset.key and asset.status is AssetStatus.PENDING_UPLOAD and asset.arrived_at is not None
    return _Concerned(batch=batch, asset=asset, kind=kind) if kind is not None or awaited else None
