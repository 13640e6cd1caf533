"""Packs and copies, one after the other, in a process whose memory is watched. `python -m bench.archive_process`.

Arguments: how often each, and the entries as JSON on standard input. Answers JSON on standard output.
"""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from types import TracebackType
from typing import Self

import aiohttp
import msgspec
import psutil
import uvloop

from adapters.archive.zip import ZipArchiveWriter
from adapters.s3.connection import S3Connection, open_s3
from adapters.s3.multipart import S3MultipartUploads
from adapters.s3.signer import SigV4UrlSigner
from adapters.s3.store import S3ObjectStore
from adapters.telemetry.log import StructuredLog
from application.ports.archive import ArchiveEntry
from application.ports.storage import UploadedPart
from application.storage.streamed_uploads import StreamedUploads
from entrypoints.services import open_services
from entrypoints.settings import Settings

_MIB = 1024 * 1024
# More than the ZIP has: a plain copy is given all the memory that helps it.
_PART_SIZE = 8 * _MIB
_PARTS_IN_FLIGHT = 3


class Source(msgspec.Struct):
    """An object that goes into the archive."""

    key: str
    size: int
    crc32: int


class Outcome(msgspec.Struct):
    """Seconds of each round, CPU seconds of this process in all rounds, and by how many bytes its memory grew."""

    zip_seconds: list[float]
    copy_seconds: list[float]
    zip_cpu: float
    copy_cpu: float
    grown: int


@dataclass(slots=True)
class _Spent:
    seconds: float = 0
    cpu: float = 0


async def main(rounds: int) -> Outcome:
    sources = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Source])
    outcome = Outcome(zip_seconds=[], copy_seconds=[], zip_cpu=0, copy_cpu=0, grown=0)
    async with open_services(Settings.from_environment()) as services, open_s3(services.bucket) as connection:
        await _copy(connection, sources[:4], "bench/warm")
        before = psutil.Process().memory_info().rss
        for number in range(rounds):
            with _Peak() as peak, _spent() as zipping:
                await _zip(connection, sources, f"bench/{number}.zip")
            outcome.grown = max(outcome.grown, peak.rss - before)
            with _spent() as copying:
                await _copy(connection, sources, f"bench/{number}.copy")
            outcome.zip_seconds.append(zipping.seconds)
            outcome.copy_seconds.append(copying.seconds)
            outcome.zip_cpu += zipping.cpu
            outcome.copy_cpu += copying.cpu
            await S3ObjectStore(connection).delete([f"bench/{number}.zip", f"bench/{number}.copy"])
    return outcome


async def _zip(connection: S3Connection, sources: Sequence[Source], key: str) -> None:
    entries = [
        ArchiveEntry(
            name=f"photo/horizontal/{number:03d}-photo.jpg",
            key=source.key,
            size=source.size,
            crc32=source.crc32,
            modified_at=datetime.now(UTC),
        )
        for number, source in enumerate(sources, start=1)
    ]
    store = S3ObjectStore(connection)
    streams = StreamedUploads(store=store, uploads=S3MultipartUploads(connection), log=StructuredLog())
    writer = ZipArchiveWriter(store, streams)
    await writer.write(key, entries, progress=_silent)


async def _silent(_: float) -> None:
    pass


async def _copy(connection: S3Connection, sources: Sequence[Source], key: str) -> None:
    """The floor: bytes from GETs into parts; nothing is hashed or checked."""
    uploads = S3MultipartUploads(connection)
    upload_id = await uploads.begin(key, content_type="application/zip")
    async with aiohttp.ClientSession(auto_decompress=False, read_bufsize=_MIB) as http:
        copier = _Copier(http, SigV4UrlSigner(connection.address), key, upload_id)
        under_way: set[asyncio.Task[UploadedPart]] = set()
        parts: list[UploadedPart] = []
        number = 0
        async for body in copier.bodies(sources):
            number += 1
            if len(under_way) == _PARTS_IN_FLIGHT:
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                parts += [task.result() for task in done]
            under_way.add(asyncio.create_task(copier.put(number, body)))
        parts += await asyncio.gather(*under_way)
    stored = await uploads.complete(key, upload_id=upload_id, parts=sorted(parts, key=lambda part: part.number))
    assert stored is not None
    assert stored.size == sum(source.size for source in sources)


class _Copier:
    def __init__(self, http: aiohttp.ClientSession, signer: SigV4UrlSigner, key: str, upload_id: str) -> None:
        self._http = http
        self._signer = signer
        self._key = key
        self._upload_id = upload_id

    async def bodies(self, sources: Sequence[Source]) -> AsyncIterator[bytes]:
        """All bytes of all sources, in parts."""
        pieces: list[bytes] = []
        missing = _PART_SIZE
        for source in sources:
            url = self._signer.get(source.key, now=datetime.now(UTC), expires_in=timedelta(minutes=5))
            async with self._http.get(url) as answer:
                answer.raise_for_status()
                while piece := await answer.content.read(missing):
                    pieces.append(piece)
                    missing -= len(piece)
                    if not missing:
                        yield b"".join(pieces)
                        pieces, missing = [], _PART_SIZE
        if pieces:
            yield b"".join(pieces)

    async def put(self, number: int, body: bytes) -> UploadedPart:
        signed = self._signer.part(
            self._key,
            upload_id=self._upload_id,
            number=number,
            size=len(body),
            now=datetime.now(UTC),
            expires_in=timedelta(minutes=5),
        )
        async with self._http.put(signed.url, data=_sliced(body), headers=signed.headers) as answer:
            answer.raise_for_status()
            return UploadedPart(number=number, etag=answer.headers["ETag"].strip('"'), size=len(body))


async def _sliced(body: bytes) -> AsyncIterator[bytes]:
    """aiohttp would hand the whole body to the socket at once, and copy what it does not take."""
    view = memoryview(body)
    for offset in range(0, len(body), _MIB):
        yield bytes(view[offset : offset + _MIB])


class _Peak:
    """The largest resident size, looked at a hundred times a second."""

    def __init__(self) -> None:
        self.rss = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._stop.wait(0.01):
            self.rss = max(self.rss, process.memory_info().rss)


@contextmanager
def _spent() -> Iterator[_Spent]:
    spent = _Spent()
    times = psutil.Process().cpu_times()
    started = perf_counter()
    yield spent
    spent.seconds = perf_counter() - started
    now = psutil.Process().cpu_times()
    spent.cpu = now.user + now.system - times.user - times.system


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(main(int(sys.argv[1])))))
