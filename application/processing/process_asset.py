"""Validates one original and makes its renditions; one download, no transaction open."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from application.concurrency import map_bounded
from application.ports.decoding import DerivedFile, MediaProcessor, TypeSniffer
from application.ports.storage import ObjectNotFound, ObjectStore, Received
from application.ports.workspace import Workspace
from application.processing.lease_keeper import Lease
from domain.assets.asset import Asset
from domain.assets.failure import FailureCode, MediaRejected
from domain.assets.rendition import MediaFacts, Rendition
from domain.batches.object_keys import rendition_key
from domain.jobs.task import Stage, Task

_UPLOADS_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedAsset:
    """All renditions lie in the store and are confirmed; nothing is visible yet."""

    facts: MediaFacts
    renditions: tuple[Rendition, ...]
    crc32: int


class ProcessAsset:
    """Raises MediaRejected when the file is not what it should be, Unavailable when the store does not answer."""

    def __init__(
        self,
        *,
        store: ObjectStore,
        sniffer: TypeSniffer,
        processors: Mapping[str, MediaProcessor],
        workspace: Workspace,
    ) -> None:
        """`processors` is by content type."""
        self._store = store
        self._sniffer = sniffer
        self._processors = processors
        self._workspace = workspace

    async def __call__(self, task: Task, asset: Asset, lease: Lease) -> ProcessedAsset:
        with self._workspace.folder(f"{task.id}.{task.attempt}", needed=2 * asset.size) as folder:
            original = folder / "original"
            with lease.doing(Stage.VALIDATE):
                received = await self._download(asset, original)
                self._require_announced(asset, received)
            with lease.doing(Stage.TRANSCODE if asset.content_type.startswith("video/") else Stage.THUMBNAILS):
                derived_folder = folder / "derived"
                derived_folder.mkdir()
                derived = await self._processors[asset.content_type].derive(
                    original, content_type=asset.content_type, into=derived_folder, progress=lease.report
                )
                renditions = await map_bounded(
                    lambda file: self._store_rendition(task, asset, file), derived.files, at_once=_UPLOADS_AT_ONCE
                )
        return ProcessedAsset(facts=derived.facts, renditions=tuple(renditions), crc32=received.crc32)

    async def _download(self, asset: Asset, to: Path) -> Received:
        try:
            return await self._store.download(asset.key, to)
        except ObjectNotFound as error:
            raise MediaRejected(FailureCode.NOT_UPLOADED, "the original has vanished from the store") from error

    def _require_announced(self, asset: Asset, received: Received) -> None:
        if received.size != asset.size:
            raise MediaRejected(
                FailureCode.SIZE_MISMATCH, f"announced {asset.size} bytes, the store holds {received.size}"
            )
        if received.checksum != asset.checksum:
            raise MediaRejected(
                FailureCode.CHECKSUM_MISMATCH, f"announced {asset.checksum}, the store holds {received.checksum}"
            )
        sniffed = self._sniffer.sniff(received.head)
        if sniffed is None or not _same_type(sniffed, asset.content_type):
            raise MediaRejected(
                FailureCode.CONTENT_TYPE_MISMATCH,
                f"announced {asset.content_type}, the bytes are {sniffed or 'of no known type'}",
            )

    async def _store_rendition(self, task: Task, asset: Asset, file: DerivedFile) -> Rendition:
        key = rendition_key(
            asset.listing_id,
            asset.media_type,
            file.name,
            asset.id,
            attempt=task.fence,
            content_type=file.content_type,
        )
        stored = await self._store.upload(key, file.path, content_type=file.content_type)
        return Rendition(
            name=file.name,
            key=key,
            content_type=file.content_type,
            size=stored.size,
            checksum=stored.checksum,
            width=file.width,
            height=file.height,
        )


_ALIASES = {"image/heif": "image/heic", "video/quicktime": "video/mp4"}
"""Brands of one container that phones and tools mix up; the decoder is the same."""


def _same_type(sniffed: str, declared: str) -> bool:
    return _ALIASES.get(sniffed, sniffed) == _ALIASES.get(declared, declared)
