import asyncio
import zlib
from collections.abc import Sequence

from adapters.archive.layout import StoredFile, directory
from adapters.archive.names import safe_names
from adapters.archive.part_stream import PartStream, part_stream
from adapters.archive.reporting import Reporter
from application.ports.archive import ArchiveEntry, ArchiveWriter, WrittenArchive
from application.ports.decoding import Progress
from application.ports.storage import MultipartUploads, ObjectNotFound, ObjectStore
from domain.assets.failure import FailureCode, MediaRejected
from domain.errors import Unavailable

_MIB = 1024 * 1024
_MOST_PARTS = 10_000


class ZipArchiveWriter(ArchiveWriter):
    """Copies originals from the store into a ZIP in the store; holds 3 parts in memory, 24 MiB as a rule."""

    def __init__(
        self,
        store: ObjectStore,
        uploads: MultipartUploads,
        *,
        part_size: int = 8 * _MIB,
        parts_in_flight: int = 2,
    ) -> None:
        self._store = store
        self._uploads = uploads
        self._part_size = part_size
        self._parts_in_flight = parts_in_flight

    async def write(self, key: str, entries: Sequence[ArchiveEntry], *, progress: Progress) -> WrittenArchive:
        files = _laid_out(entries)
        end = directory(files)
        size = (files[-1].end if files else 0) + len(end)
        reporter = Reporter(progress, total=size)
        upload_id = await self._uploads.begin(key, content_type="application/zip")
        async with part_stream(
            self._uploads,
            key,
            upload_id,
            part_size=max(self._part_size, -(-size // _MOST_PARTS)),
            parts_in_flight=self._parts_in_flight,
        ) as stream:
            for entry, file in zip(entries, files, strict=True):
                await stream.write(file.header)
                await self._copy(entry, stream, reporter)
            await stream.write(end)
            parts, checksum = await stream.finish()
            stored = await self._uploads.complete(key, upload_id=upload_id, parts=parts)
            if stored is None or stored.size != size:
                raise Unavailable(f"the object store did not assemble {key}")
        await progress(1.0)
        return WrittenArchive(
            key=key, size=size, extracted_size=sum(entry.size for entry in entries), checksum=checksum
        )

    async def _copy(self, entry: ArchiveEntry, stream: PartStream, reporter: Reporter) -> None:
        size = crc32 = 0
        try:
            async with self._store.read(entry.key) as chunks:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > entry.size:
                        break
                    crc32 = await asyncio.to_thread(zlib.crc32, chunk, crc32)
                    await stream.write(chunk)
                    await reporter.advance(len(chunk))
        except ObjectNotFound as error:
            raise _failed(entry, "is missing from the store") from error
        if size != entry.size:
            raise _failed(entry, f"does not have the {entry.size} bytes that arrived")
        if crc32 != entry.crc32:
            raise _failed(entry, "has other bytes than when it arrived (CRC-32 differs)")


def _laid_out(entries: Sequence[ArchiveEntry]) -> list[StoredFile]:
    files: list[StoredFile] = []
    offset = 0
    for entry, name in zip(entries, safe_names([entry.name for entry in entries]), strict=True):
        file = StoredFile(
            name=name,
            size=entry.size,
            crc32=entry.crc32,
            modified_at=entry.modified_at,
            offset=offset,
        )
        files.append(file)
        offset = file.end
    return files


def _failed(entry: ArchiveEntry, what: str) -> MediaRejected:
    return MediaRejected(FailureCode.ZIP_FAILED, f"{entry.name!r} {what}")
