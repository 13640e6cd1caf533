import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from typing import TypeAlias

from application.ports.storage import MultipartUploads, ObjectStore, StoredObject
from application.storage.multipart_upload import MultipartUpload
from application.storage.part_memory import PartMemory
from domain.checksum import Checksum
from domain.errors import Unavailable

ContentType: TypeAlias = str | Callable[[bytes], str]
"""The type, or what names it from the first bytes, 4 KiB at most; what that raises ends the stream."""

_HEAD = 4 * 1024


class UploadStream:
    """One object on its way into the store. One writer at a time.

    `size` counts the bytes that were written, `head` is the first 4 KiB of them at most.
    """

    def __init__(
        self,
        store: ObjectStore,
        uploads: MultipartUploads,
        key: str,
        *,
        content_type: ContentType,
        part_size: int,
        parts_in_flight: int,
    ) -> None:
        self.size = 0
        self.head = b""
        self.finished = False
        self._store = store
        self._uploads = uploads
        self._key = key
        self._content_type = content_type
        self._part_size = part_size
        self._parts_in_flight = parts_in_flight
        self._shared = False
        self._ended = False
        self._part = PartMemory()
        self._sha256 = sha256()
        self._small_body: bytes | None = None
        self._checksum: Checksum | None = None
        self._upload: MultipartUpload | None = None
        self._ending: asyncio.Future[StoredObject | None] | None = None

    @property
    def checksum(self) -> Checksum:
        """The SHA-256 of all that was written, once `small_body`, `end` or `finish` has returned."""
        if self._checksum is None:
            raise RuntimeError("the checksum is known when the body is")
        return self._checksum

    @property
    def in_parts(self) -> bool:
        """True once it is more than one part holds: then it lies in the store as parts, and is not to be had here."""
        return self._upload is not None

    async def write(self, chunk: bytes) -> None:
        """Take the bytes, however many, and wait while the store is slower. Raises Unavailable; then all is lost."""
        self.head += chunk[: _HEAD - len(self.head)]
        self.size += len(chunk)
        rest = memoryview(chunk)
        while rest:
            # A full part waits for the byte that follows, for it may be all there is.
            if self._part.size == self._part_size:
                await self._send_part()
                self._part = self._upload.memory() if self._upload is not None else PartMemory()
            taken = rest[: self._part_size - self._part.size]
            self._part.take(taken)
            rest = rest[len(taken) :]

    async def small_body(self) -> bytes | None:
        """All that was written, if one part holds it: then none of it was sent. With it the checksum is known."""
        if self._upload is not None:
            return None
        if self._small_body is None or len(self._small_body) != self.size:
            self._small_body = bytes(self._part.body)
            self._checksum = Checksum((await asyncio.to_thread(sha256, self._small_body)).digest())
        return self._small_body

    async def end(self) -> None:
        """Nothing more will be written: with it the checksum is known, and what one part cannot hold is on its way."""
        if self._ended:
            return
        self._ended = True
        if await self.small_body() is None:
            await self._send_part()
            self._checksum = Checksum(self._sha256.digest())

    async def finish(self, *, shared: bool = False) -> StoredObject:
        """Write what is left; return once the object is whole in the store. Raises Unavailable.

        The key is `shared` when others may write the same bytes to it meanwhile: then, if this fails, an object that
        may be theirs stays.
        """
        self._shared = shared
        await self.end()
        if self._upload is not None:
            await self._upload.wait()
            last: Awaitable[StoredObject | None] = self._upload.complete()
        else:
            body = await self.small_body()
            assert body is not None
            last = self._store.put(self._key, body, content_type=self._named_type(), checksum=self.checksum)
        # Cancelled half-way it could not be undone: the store might still be at it.
        self._ending = asyncio.ensure_future(last)
        stored = await asyncio.shield(self._ending)
        if stored is None or stored.size != self.size:
            raise Unavailable(f"the object store did not assemble {self._key}")
        self.finished = True
        return replace(stored, checksum=self.checksum)

    async def discard(self) -> None:
        """Leave neither object nor upload; of what is shared, no upload. Raises Unavailable."""
        if self._ending is not None:
            await asyncio.gather(self._ending, return_exceptions=True)
            if not self._shared:
                await self._store.delete([self._key])
        if self._upload is not None:
            await self._upload.abort()

    async def _send_part(self) -> None:
        if self._upload is None:
            self._upload = await MultipartUpload.begin(
                self._uploads, self._key, content_type=self._named_type(), parts_in_flight=self._parts_in_flight
            )
        # Hashed while it waits for its turn: as a rule the store is the slower one.
        await asyncio.gather(self._upload.send(self._part), asyncio.to_thread(self._sha256.update, self._part.body))

    def _named_type(self) -> str:
        return self._content_type if isinstance(self._content_type, str) else self._content_type(self.head)
