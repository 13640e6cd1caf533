"""Batches that nobody completed in time fail with UPLOAD_EXPIRED."""

from application.batches.abort_uploads import abort_uploads
from application.ports.clock import Clock
from application.ports.storage import MultipartUploads, ObjectStore
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.failure import FailureCode
from domain.batches.batch import BatchStatus
from domain.ids import BatchId

_BATCHES = 50


class ExpireUpload:
    """Fails one overdue batch; False when it is not overdue any more. What had arrived of it is removed from the store
    afterwards.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        store: ObjectStore,
        multipart: MultipartUploads,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._begin = begin
        self._store = store
        self._multipart = multipart
        self._clock = clock
        self._telemetry = telemetry

    async def __call__(self, batch_id: BatchId) -> bool:
        now = self._clock.now()
        async with self._begin() as tx:
            batch = await tx.batches.lock(batch_id)
            if batch is None or batch.status is not BatchStatus.PENDING_UPLOAD or now < batch.expires_at:
                return False
            assets = await tx.assets.of_batch(batch_id)
            batch.expire(now=now)
            for asset in assets:
                asset.expire(now=now)
            await tx.batches.save(batch)
            await tx.assets.save(assets)
            await tx.commit()
        self._telemetry.batch_failed(FailureCode.UPLOAD_EXPIRED)
        await abort_uploads(self._multipart, assets)
        await self._store.delete([asset.key for asset in assets])
        return True


class ExpireUploads:
    """A pass of the sweeper; answers how many batches it failed."""

    def __init__(self, *, begin: UnitOfWorkFactory, expire: ExpireUpload, clock: Clock) -> None:
        self._begin = begin
        self._expire = expire
        self._clock = clock

    async def __call__(self) -> int:
        async with self._begin() as tx:
            overdue = await tx.batch_history.overdue_uploads(now=self._clock.now(), limit=_BATCHES)
        return sum([await self._expire(batch_id) for batch_id in overdue])
