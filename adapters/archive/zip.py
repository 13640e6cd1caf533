import asyncio
import zlib
from collections.abc import Sequence

from adapters.archive.layout import StoredFile, directory
from adapters.archive.names import safe_names
from adapters.archive.reporting import Reporter
from application.ports.archive import ArchiveEntry, ArchiveWriter, WrittenArchive
from application.ports.decoding import Progress
from application.ports.storage import ObjectNotFound, ObjectStore
from application.storage.streamed_uploads import StreamedUploads
from application.storage.upload_stream import UploadStream
from domain.assets.failure import FailureCode, MediaRejected


class ZipArchiveWriter(ArchiveWriter):
    """Copies originals from the store into a ZIP in the store, in constant memory."""

    def __init__(self, store: ObjectStore, streams: StreamedUploads) -> None:
        self._store = store
        self._streams = streams

    async def write(self, key: str, entries: Sequence[ArchiveEntry], *, progress: Progress) -> WrittenArchive:
        files = _laid_out(entries)
        end = directory(files)
        size = (files[-1].end if files else 0) + len(end)
        reporter = Reporter(progress, total=size)
        async with self._streams.open(key, content_type="application/zip", expected_size=size) as stream:
            for entry, file in zip(entries, files, strict=True):
                await stream.write(file.header)
                await self._copy(entry, stream, reporter)
            await stream.write(end)
            await stream.finish()
        await progress(1.0)
        return WrittenArchive(
            key=key, size=stream.size, extracted_size=sum(entry.size for entry in entries), checksum=stream.checksum
        )

    async def _copy(self, entry: ArchiveEntry, stream: UploadStream, reporter: Reporter) -> None:
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
