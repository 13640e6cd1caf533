"""Validates one original and makes its renditions; one download, no transaction open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from application.concurrency import map_bounded
from application.ports.decoding import DerivedFile, MediaProcessor, TypeSniffer
from application.ports.storage import ObjectNotFound, ObjectStore, Received
from application.ports.workspace import Workspace
from application.processing.lease_keeper import Lease
from domain.assets.failure import FailureCode, MediaRejected
from domain.assets.rendition import MediaFacts, Rendition
from domain.checksum import Checksum
from domain.jobs.task import Stage, Task

_UPLOADS_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """Where it lies, and what it must prove to be. `size` in bytes."""

    key: str
    size: int
    checksum: Checksum
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedOriginal:
    """All renditions lie in the store and are confirmed; nothing is visible yet."""

    facts: MediaFacts
    renditions: tuple[Rendition, ...]
    crc32: int


class ProcessOriginal:
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

    async def __call__(
        self, task: Task, original: Original, lease: Lease, *, key_of: Callable[[DerivedFile], str]
    ) -> ProcessedOriginal:
        """`key_of` says where a rendition goes; of no other attempt may it be the same."""
        with self._workspace.folder(f"{task.id}.{task.attempt}", needed=2 * original.size) as folder:
            local = folder / "original"
            with lease.doing(Stage.VALIDATE):
                received = await self._download(original, local)
                self._require_announced(original, received)
            with lease.doing(Stage.TRANSCODE if original.content_type.startswith("video/") else Stage.THUMBNAILS):
                derived_folder = folder / "derived"
                derived_folder.mkdir()
                derived = await self._processors[original.content_type].derive(
                    local, content_type=original.content_type, into=derived_folder, progress=lease.report
                )
                renditions = await map_bounded(
                    lambda file: self._store_rendition(key_of(file), file), derived.files, at_once=_UPLOADS_AT_ONCE
                )
        return ProcessedOriginal(facts=derived.facts, renditions=tuple(renditions), crc32=received.crc32)

    async def _download(self, original: Original, to: Path) -> Received:
        try:
            return await self._store.download(original.key, to)
        except ObjectNotFound as error:
            raise MediaRejected(FailureCode.NOT_UPLOADED, "the original has vanished from the store") from error

    def _require_announced(self, original: Original, received: Received) -> None:
        if received.size != original.size:
            raise MediaRejected(
                FailureCode.SIZE_MISMATCH, f"announced {original.size} bytes, the store holds {received.size}"
            )
        if received.checksum != original.checksum:
            raise MediaRejected(
                FailureCode.CHECKSUM_MISMATCH, f"announced {original.checksum}, the store holds {received.checksum}"
            )
        sniffed = self._sniffer.sniff(received.head)
        if sniffed is None or not _same_type(sniffed, original.content_type):
            raise MediaRejected(
                FailureCode.CONTENT_TYPE_MISMATCH,
                f"announced {original.content_type}, the bytes are {sniffed or 'of no known type'}",
            )

    async def _store_rendition(self, key: str, file: DerivedFile) -> Rendition:
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
