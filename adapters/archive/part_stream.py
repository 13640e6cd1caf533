import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

from application.ports.storage import MultipartUploads, UploadedPart
from domain.checksum import Checksum
from domain.errors import Unavailable

_log = logging.getLogger(__name__)


class PartStream:
    """Cuts what is written into parts of one size and keeps a few of them on their way.

    Holds `parts_in_flight` + 1 parts in memory: a writer who is faster than the store waits.
    """

    def __init__(
        self, uploads: MultipartUploads, key: str, upload_id: str, *, part_size: int, parts_in_flight: int
    ) -> None:
        self._uploads = uploads
        self._key = key
        self._upload_id = upload_id
        self._part_size = part_size
        self._parts_in_flight = parts_in_flight
        self._pieces: list[memoryview] = []
        self._room = part_size
        self._number = 0
        self._sha256 = sha256()
        self._under_way: set[asyncio.Task[UploadedPart]] = set()
        self._parts: list[UploadedPart] = []

    async def write(self, data: bytes) -> None:
        """Take the bytes. Raises what an earlier part failed with."""
        rest = memoryview(data)
        while len(rest) >= self._room:
            self._pieces.append(rest[: self._room])
            rest = rest[self._room :]
            await self._send()
        if rest:
            self._pieces.append(rest)
            self._room -= len(rest)

    async def finish(self) -> tuple[list[UploadedPart], Checksum]:
        """Send the rest, wait for all parts, and return them in order with the SHA-256 of the whole."""
        if self._pieces or not self._number:
            await self._send()
        await self._wait_until_under_way(0)
        parts = sorted(self._parts, key=lambda part: part.number)
        return parts, Checksum(self._sha256.digest())

    async def cancel(self) -> None:
        """Stop the parts that are on their way; returns when none is."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _send(self) -> None:
        pieces, self._pieces, self._room = self._pieces, [], self._part_size
        # Joined here and not in the thread: memory that threads take and free stays with each of them.
        body = b"".join(pieces)
        pieces.clear()
        await asyncio.to_thread(self._sha256.update, body)
        await self._wait_until_under_way(self._parts_in_flight - 1)
        self._number += 1
        self._under_way.add(asyncio.create_task(self._put(self._number, body)))

    async def _put(self, number: int, body: bytes) -> UploadedPart:
        return await self._uploads.put(self._key, upload_id=self._upload_id, number=number, body=body)

    async def _wait_until_under_way(self, at_most: int) -> None:
        while len(self._under_way) > at_most:
            done, _ = await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                self._under_way.discard(task)
                self._parts.append(task.result())


@asynccontextmanager
async def part_stream(
    uploads: MultipartUploads, key: str, upload_id: str, *, part_size: int, parts_in_flight: int
) -> AsyncIterator[PartStream]:
    """A stream into an open upload. A block that fails, or is cancelled, leaves no upload behind."""
    stream = PartStream(uploads, key, upload_id, part_size=part_size, parts_in_flight=parts_in_flight)
    try:
        yield stream
    except BaseException:
        # A part that arrives after the abort would stay for ever.
        await asyncio.shield(_give_up(stream, uploads, key, upload_id))
        raise


async def _give_up(stream: PartStream, uploads: MultipartUploads, key: str, upload_id: str) -> None:
    await stream.cancel()
    try:
        await uploads.abort(key, upload_id=upload_id)
    except Unavailable:
        # The bucket's own rule removes it later; what led here matters more to the caller.
        _log.warning("could not abort the multipart upload %s of %s", upload_id, key, exc_info=True)
