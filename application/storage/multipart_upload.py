import asyncio
from typing import Self

from application.ports.storage import MultipartUploads, StoredObject, UploadedPart
from application.storage.part_memory import PartMemory


class MultipartUpload:
    """One upload in parts, in the order in which they are given; a few of them are on their way at a time."""

    def __init__(self, uploads: MultipartUploads, key: str, upload_id: str, *, parts_in_flight: int) -> None:
        self._key = key
        self._upload_id = upload_id
        self._uploads = uploads
        self._parts_in_flight = parts_in_flight
        self._number = 0
        self._under_way: dict[asyncio.Task[UploadedPart], PartMemory] = {}
        self._arrived: list[PartMemory] = []
        self._parts: list[UploadedPart] = []

    @classmethod
    async def begin(cls, uploads: MultipartUploads, key: str, *, content_type: str, parts_in_flight: int) -> Self:
        upload_id = await uploads.begin(key, content_type=content_type)
        return cls(uploads, key, upload_id, parts_in_flight=parts_in_flight)

    async def send(self, part: PartMemory) -> None:
        """Return once the part is on its way; it is not to be touched any more. Raises what an earlier part failed
        with.
        """
        await self._wait_until_under_way(self._parts_in_flight - 1)
        self._number += 1
        putting = self._uploads.put(self._key, upload_id=self._upload_id, number=self._number, body=part.body)
        self._under_way[asyncio.ensure_future(putting)] = part

    def memory(self) -> PartMemory:
        """For the next part: that of one which the store has, if there is one."""
        return self._arrived.pop().emptied() if self._arrived else PartMemory()

    async def wait(self) -> None:
        """Return once all parts have arrived. Raises what one of them failed with."""
        await self._wait_until_under_way(0)

    async def complete(self) -> StoredObject | None:
        """Assemble the object from what has arrived. None when the store refuses that."""
        parts = sorted(self._parts, key=lambda part: part.number)
        return await self._uploads.complete(self._key, upload_id=self._upload_id, parts=parts)

    async def abort(self) -> None:
        """Stop the parts that are on their way, and forget the upload. Raises Unavailable."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._uploads.abort(self._key, upload_id=self._upload_id)

    async def _wait_until_under_way(self, at_most: int) -> None:
        while len(self._under_way) > at_most:
            done, _ = await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                part = self._under_way.pop(task)
                self._parts.append(task.result())
                self._arrived.append(part)
