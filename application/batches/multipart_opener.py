"""Opens uploads in parts for the files that are too large for one PUT."""

from collections.abc import Mapping, Sequence

from application.concurrency import map_bounded
from application.ports.clock import Clock
from application.ports.storage import MultipartUploads
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset, AssetStatus, MultipartUpload
from domain.batches.limits import UploadLimits
from domain.errors import ConcurrentUpdate
from domain.ids import AssetId, BatchId

_AT_ONCE = 8


class MultipartOpener:
    """The store is asked between two transactions. An upload that a crash leaves open there is
    forgotten by the bucket's lifecycle rule, and the next request opens another.
    """

    def __init__(
        self, *, begin: UnitOfWorkFactory, multipart: MultipartUploads, clock: Clock, limits: UploadLimits
    ) -> None:
        self._begin = begin
        self._multipart = multipart
        self._clock = clock
        self._limits = limits

    async def open_missing(self, batch_id: BatchId, assets: Sequence[Asset]) -> Sequence[Asset]:
        """The assets of the batch, each large one with its open upload."""
        large = [asset for asset in assets if self._is_missing(asset)]
        if not large:
            return assets
        uploads = await map_bounded(self._open, large, at_once=_AT_ONCE)
        opened = {asset.id: upload for asset, upload in zip(large, uploads, strict=True)}
        assets = await self._note(batch_id, opened)
        noted = {asset.multipart for asset in assets}
        superfluous = [asset for asset in large if opened[asset.id] not in noted]
        await map_bounded(lambda asset: self._abort(asset, opened[asset.id]), superfluous, at_once=_AT_ONCE)
        return assets

    async def _note(self, batch_id: BatchId, opened: Mapping[AssetId, MultipartUpload]) -> Sequence[Asset]:
        """Two equal requests may both have opened uploads: the first to commit wins."""
        try:
            async with self._begin() as tx:
                assets = await tx.assets.of_batch(batch_id)
                chosen = [asset for asset in assets if asset.id in opened and self._is_missing(asset)]
                for asset in chosen:
                    asset.open_multipart(opened[asset.id], now=self._clock.now())
                await tx.assets.save(chosen)
                await tx.commit()
                return assets
        except ConcurrentUpdate:
            async with self._begin() as tx:
                return await tx.assets.of_batch(batch_id)

    async def _abort(self, asset: Asset, upload: MultipartUpload) -> None:
        await self._multipart.abort(asset.key, upload_id=upload.upload_id)

    def _is_missing(self, asset: Asset) -> bool:
        return (
            asset.status is AssetStatus.PENDING_UPLOAD
            and asset.multipart is None
            and asset.size > self._limits.multipart_above
        )

    async def _open(self, asset: Asset) -> MultipartUpload:
        upload_id = await self._multipart.begin(asset.key, content_type=asset.content_type, by_client=True)
        return MultipartUpload(upload_id=upload_id, part_size=self._limits.part_size)
