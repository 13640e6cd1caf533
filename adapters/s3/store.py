import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from adapters.s3.connection import S3Connection
from adapters.s3.copying import copy
from adapters.s3.describing import checksum_in, describe
from adapters.s3.errors import StoreRefused, retried, translated
from adapters.s3.listing import listing
from adapters.s3.multipart import S3MultipartUploads, aborted_on_failure
from adapters.s3.receiving import chunks, received_file
from adapters.s3.sending import Body, MeasuredFile, body_of, measure, read_slice
from application.ports.storage import ListedObject, ObjectNotFound, ObjectStore, Received, StoredObject, UploadedPart
from domain.checksum import Checksum

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import ErrorTypeDef, ObjectIdentifierTypeDef

_MIB = 1024 * 1024
_DELETED_AT_ONCE = 1000
_MOST_PARTS = 10_000


class S3ObjectStore(ObjectStore):
    """`single_put_limit` and `part_size` in bytes; `parts_in_flight` of one upload are in memory at once.

    `page_size` is how many objects a listing asks for at once, 1000 at most.
    """

    def __init__(
        self,
        connection: S3Connection,
        *,
        single_put_limit: int = 64 * _MIB,
        part_size: int = 16 * _MIB,
        parts_in_flight: int = 2,
        page_size: int = 1000,
    ) -> None:
        self._client = connection.client
        self._bucket = connection.address.bucket
        self._requests = connection.requests
        self._uploads = S3MultipartUploads(connection)
        self._single_put_limit = single_put_limit
        self._part_size = part_size
        self._parts_in_flight = parts_in_flight
        self._page_size = page_size

    async def head(self, key: str) -> StoredObject | None:
        return await describe(self._requests, key)

    async def download(self, key: str, to: Path) -> Received:
        action = f"GET {key}"

        async def attempt() -> Received:
            response = await self._open(key)
            seconds = self._requests.timeouts.for_size(response.content_length or 0)
            async with response, asyncio.timeout(seconds):
                with received_file(to) as file:
                    async for chunk in chunks(response, action):
                        await asyncio.to_thread(file.write, chunk)
                    return file.measured()

        return await retried(action, attempt)

    @asynccontextmanager
    async def read(self, key: str) -> AsyncIterator[AsyncIterator[bytes]]:
        action = f"GET {key}"
        response = await retried(action, lambda: self._open(key))
        async with response:
            yield chunks(response, action)

    async def read_start(self, key: str, *, at_most: int) -> bytes:
        start = await self._requests.read_start(key, at_most=at_most)
        if start is None:
            raise ObjectNotFound(key)
        return start

    async def upload(self, key: str, source: Path, *, content_type: str) -> StoredObject:
        file = await asyncio.to_thread(measure, source)
        if file.size > self._single_put_limit:
            return await self._upload_in_parts(key, source, file, content_type)
        return await self._put(key, file.body, file.size, content_type, file.checksum)

    async def put(self, key: str, body: bytes, *, content_type: str, checksum: Checksum) -> StoredObject:
        return await self._put(key, body_of(body), len(body), content_type, checksum)

    async def copy(self, source: str, to: str, *, content_type: str, if_match: str | None = None) -> StoredObject:
        return await copy(self._requests, self._bucket, source, to, content_type=content_type, if_match=if_match)

    def listing(self, prefix: str) -> AsyncIterator[ListedObject]:
        return listing(self._requests, prefix, page_size=self._page_size)

    async def delete(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), _DELETED_AT_ONCE):
            named: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys[start : start + _DELETED_AT_ONCE]]
            with translated("delete objects"):
                answer = await self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": named, "Quiet": True}
                )
            _require_deleted(answer.get("Errors", []))

    async def _open(self, key: str) -> aiohttp.ClientResponse:
        response = await self._requests.open_object(key)
        if response is None:
            raise ObjectNotFound(key)
        return response

    async def _put(self, key: str, body: Body, size: int, content_type: str, checksum: Checksum) -> StoredObject:
        headers = {
            "content-length": str(size),
            "content-type": content_type,
            "x-amz-checksum-sha256": checksum.base64,
        }
        answer = await self._requests.send("PUT", key, headers=headers, body=body, size=size)
        answer.require_ok(f"PUT {key}")
        if checksum_in(answer.headers) != checksum:
            raise StoreRefused(f"PUT {key}", status=answer.status, reason="did not confirm the SHA-256")
        return StoredObject(key=key, size=size, etag=answer.etag, content_type=content_type, checksum=checksum)

    async def _upload_in_parts(self, key: str, source: Path, file: MeasuredFile, content_type: str) -> StoredObject:
        upload_id = await self._uploads.begin(key, content_type=content_type)
        async with aborted_on_failure(self._uploads, key, upload_id):
            parts = await self._put_parts(key, upload_id, source, file.size)
            stored = await self._uploads.complete(key, upload_id=upload_id, parts=parts)
        if stored is None or stored.size != file.size:
            raise StoreRefused(f"PUT {key}", status=0, reason="did not assemble the parts")
        # The store keeps no SHA-256 of an object made from parts; it has verified every part of it.
        return replace(stored, checksum=file.checksum)

    async def _put_parts(self, key: str, upload_id: str, source: Path, size: int) -> list[UploadedPart]:
        part_size = max(self._part_size, -(-size // _MOST_PARTS))
        slots = asyncio.Semaphore(self._parts_in_flight)

        async def put(number: int, offset: int) -> UploadedPart:
            async with slots:
                body = await asyncio.to_thread(read_slice, source, offset, min(part_size, size - offset))
                return await self._uploads.put(key, upload_id=upload_id, number=number, body=body)

        offsets = range(0, size, part_size)
        tasks = [asyncio.create_task(put(number, offset)) for number, offset in enumerate(offsets, start=1)]
        try:
            return await asyncio.gather(*tasks)
        finally:
            # After a failure none may still be under way when the upload is aborted.
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


def _require_deleted(errors: "Sequence[ErrorTypeDef]") -> None:
    failed = [error for error in errors if error.get("Code") != "NoSuchKey"]
    if failed:
        raise StoreRefused(
            f"to delete {len(failed)} objects, {failed[0].get('Key')} among them",
            status=0,
            reason=failed[0].get("Code", ""),
        )
