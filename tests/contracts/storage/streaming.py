"""Streams into the store of a test, and uploads that tests spoil."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from application.ports.storage import Bytes, MultipartUploads, OpenUpload, StoredObject, UploadedPart
from application.storage.streamed_uploads import StreamedUploads
from application.storage.upload_stream import ContentType, UploadStream
from tests.application.stubs import RecordingLog
from tests.contracts.storage.conftest import Storage

PART = 5 * 1024 * 1024


@asynccontextmanager
async def opened(
    storage: Storage, *, content_type: ContentType = "video/mp4", uploads: MultipartUploads | None = None
) -> AsyncIterator[UploadStream]:
    streams = StreamedUploads(store=storage.objects, uploads=uploads or storage.uploads, log=RecordingLog())
    async with streams.open(storage.key(), content_type=content_type) as stream:
        yield stream


async def streamed(
    storage: Storage, *pieces: bytes, content_type: ContentType = "video/mp4", uploads: MultipartUploads | None = None
) -> StoredObject:
    async with opened(storage, content_type=content_type, uploads=uploads) as stream:
        for piece in pieces:
            await stream.write(piece)
        return await stream.finish()


async def leaves_nothing(storage: Storage) -> bool:
    return await storage.objects.head(storage.key()) is None and not await storage.open_uploads(storage.prefix)


class OtherUploads(MultipartUploads):
    """The store's own; tests spoil what they need."""

    def __init__(self, uploads: MultipartUploads) -> None:
        self.uploads = uploads

    async def begin(self, key: str, *, content_type: str, by_client: bool = False) -> str:
        return await self.uploads.begin(key, content_type=content_type, by_client=by_client)

    async def put(self, key: str, *, upload_id: str, number: int, body: Bytes) -> UploadedPart:
        return await self.uploads.put(key, upload_id=upload_id, number=number, body=body)

    async def parts(self, key: str, *, upload_id: str) -> Sequence[UploadedPart]:
        return await self.uploads.parts(key, upload_id=upload_id)

    async def complete(self, key: str, *, upload_id: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
        return await self.uploads.complete(key, upload_id=upload_id, parts=parts)

    async def abort(self, key: str, *, upload_id: str) -> None:
        await self.uploads.abort(key, upload_id=upload_id)

    def opened(self, prefix: str) -> AsyncIterator[OpenUpload]:
        return self.uploads.opened(prefix)
