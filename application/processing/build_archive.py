"""The ZIP of the originals of a batch."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from application.ports.archive import ArchiveEntry, ArchiveWriter
from application.processing.lease_keeper import Lease
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset, AssetStatus
from domain.assets.failure import FailureCode, MediaRejected
from domain.batches.batch import Archive
from domain.batches.media_type import EXTENSIONS
from domain.batches.object_keys import archive_key
from domain.jobs.job import Job
from domain.jobs.task import Stage

_SLASHES = re.compile(r"[/\\]+")


class BuildArchive:
    """Answers None when no file of the batch could be processed: then there is nothing to pack.

    Raises MediaRejected (ZIP_FAILED), Unavailable.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, writer: ArchiveWriter) -> None:
        self._begin = begin
        self._writer = writer

    async def __call__(self, job: Job, fence: str, lease: Lease) -> Archive | None:
        with lease.doing(Stage.ZIP):
            async with self._begin() as tx:
                assets = await tx.assets.of_batch(job.batch_id)
            processed = [asset for asset in assets if asset.status is AssetStatus.PROCESSED]
            if not processed:
                return None
            written = await self._writer.write(
                archive_key(job.listing_id, job.batch_id, fence),
                archive_entries(processed),
                progress=lease.report,
            )
        return Archive(
            key=written.key, size=written.size, extracted_size=written.extracted_size, checksum=written.checksum
        )


def archive_entries(assets: Sequence[Asset]) -> Sequence[ArchiveEntry]:
    """Named `{type}/{sequence:03d}-{title or file name}.{ext}`; sequence numbers make the names unique."""
    return [
        ArchiveEntry(
            name=_entry_name(asset), key=asset.key, size=asset.size, crc32=_crc32(asset), modified_at=asset.created_at
        )
        for asset in assets
    ]


def _entry_name(asset: Asset) -> str:
    """In the client's own script: ZIP names are UTF-8. Slashes would make folders; the writer sees to the rest."""
    label = asset.title or PurePosixPath(asset.filename.replace("\\", "/")).stem or asset.filename
    extension = EXTENSIONS[asset.content_type]
    return f"{asset.media_type.path}/{asset.sequence:03d}-{_SLASHES.sub('-', label)}.{extension}"


def _crc32(asset: Asset) -> int:
    if asset.crc32 is None:
        raise MediaRejected(FailureCode.ZIP_FAILED, f"asset {asset.id} was never read")
    return asset.crc32
