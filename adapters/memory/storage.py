"""The object store in memory: for tests, held to the contract suites of the real one."""

import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import md5, sha256
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from application.ports.clock import Clock
from application.ports.storage import (
    Bytes,
    ListedObject,
    MultipartUploads,
    ObjectChanged,
    ObjectNotFound,
    ObjectStore,
    OpenUpload,
    Received,
    StoredObject,
    UploadedPart,
)
from domain.checksum import Checksum
from domain.errors import Unavailable

_MIB = 1024 * 1024
_HEAD = 4 * 1024


@dataclass(frozen=True, slots=True)
class MemoryObject:
    data: bytes
    described: StoredObject
    modified_at: datetime


@dataclass(slots=True)
class MemoryUpload:
    key: str
    content_type: str
    began_at: datetime
    parts: dict[int, tuple[UploadedPart, bytes]] = field(default_factory=dict)


@dataclass(slots=True)
class MemoryBucket:
    """What the store, the uploads and the signed URLs of one bucket share."""

    clock: Clock
    smallest_part: int = 5 * _MIB
    """Of all parts but the last, in bytes, as S3 has it."""
    objects: dict[str, MemoryObject] = field(default_factory=dict)
    uploads: dict[str, MemoryUpload] = field(default_factory=dict)

    def write(self, key: str, data: bytes, *, content_type: str, checksum: Checksum | None) -> StoredObject:
        described = StoredObject(
            key=key, size=len(data), etag=_md5(data).hex(), content_type=content_type, checksum=checksum
        )
        return self.keep(data, described)

    def keep(self, data: bytes, described: StoredObject) -> StoredObject:
        self.objects[described.key] = MemoryObject(data, described, self.clock.now())
        return described

    def write_part(self, upload: MemoryUpload, number: int, data: bytes) -> UploadedPart:
        part = UploadedPart(number=number, etag=_md5(data).hex(), size=len(data))
        upload.parts[number] = (part, data)
        return part

    def upload(self, key: str, upload_id: str) -> MemoryUpload | None:
        upload = self.uploads.get(upload_id)
        return upload if upload and upload.key == key else None


class MemoryObjectStore(ObjectStore):
    def __init__(self, bucket: MemoryBucket) -> None:
        self._bucket = bucket

    async def head(self, key: str) -> StoredObject | None:
        stored = self._bucket.objects.get(key)
        return stored.described if stored else None

    async def download(self, key: str, to: Path) -> Received:
        data = self._stored(key).data
        to.write_bytes(data)  # noqa: ASYNC240 (a test's few bytes)
        return Received(
            size=len(data),
            checksum=Checksum(sha256(data).digest()),
            crc32=zlib.crc32(data),
            head=data[:_HEAD],
        )

    @asynccontextmanager
    async def read(self, key: str) -> AsyncIterator[AsyncIterator[bytes]]:
        yield _chunks(self._stored(key).data)

    async def read_start(self, key: str, *, at_most: int) -> bytes:
        return self._stored(key).data[:at_most]

    async def upload(self, key: str, source: Path, *, content_type: str) -> StoredObject:
        data = source.read_bytes()  # noqa: ASYNC240 (a test's few bytes)
        checksum = Checksum(sha256(data).digest())
        return self._bucket.write(key, data, content_type=content_type, checksum=checksum)

    async def put(self, key: str, body: bytes, *, content_type: str, checksum: Checksum) -> StoredObject:
        if sha256(body).digest() != checksum.digest:
            raise Unavailable(f"the object store refused PUT {key}: another SHA-256")
        return self._bucket.write(key, body, content_type=content_type, checksum=checksum)

    async def copy(self, source: str, to: str, *, content_type: str, if_match: str | None = None) -> StoredObject:
        stored = self._stored(source)
        if if_match not in {None, stored.described.etag}:
            raise ObjectChanged(source)
        return self._bucket.keep(stored.data, replace(stored.described, key=to, content_type=content_type))

    async def listing(self, prefix: str) -> AsyncIterator[ListedObject]:
        for key in sorted(self._bucket.objects):
            stored = self._bucket.objects.get(key)
            if stored and key.startswith(prefix):
                yield ListedObject(
                    key=key,
                    size=stored.described.size,
                    etag=stored.described.etag,
                    modified_at=stored.modified_at,
                )

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._bucket.objects.pop(key, None)

    def _stored(self, key: str) -> MemoryObject:
        stored = self._bucket.objects.get(key)
        if stored is None:
            raise ObjectNotFound(key)
        return stored


class MemoryMultipartUploads(MultipartUploads):
    def __init__(self, bucket: MemoryBucket) -> None:
        self._bucket = bucket

    async def begin(self, key: str, *, content_type: str, by_client: bool = False) -> str:  # noqa: ARG002 (a real one minds)
        upload_id = uuid4().hex
        self._bucket.uploads[upload_id] = MemoryUpload(key, content_type, self._bucket.clock.now())
        return upload_id

    async def put(self, key: str, *, upload_id: str, number: int, body: Bytes) -> UploadedPart:
        upload = self._bucket.upload(key, upload_id)
        if upload is None:
            raise Unavailable(f"the object store refused part {number} of {key}: no such upload")
        return self._bucket.write_part(upload, number, bytes(body))

    async def parts(self, key: str, *, upload_id: str) -> Sequence[UploadedPart]:
        upload = self._bucket.upload(key, upload_id)
        return [upload.parts[number][0] for number in sorted(upload.parts)] if upload else []

    async def complete(self, key: str, *, upload_id: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
        upload = self._bucket.upload(key, upload_id)
        if upload is None:
            return self._completed_before(key, parts)
        if not _acceptable(upload, parts, self._bucket.smallest_part):
            return None
        del self._bucket.uploads[upload_id]
        data = b"".join([upload.parts[part.number][1] for part in parts])
        described = StoredObject(
            key=key, size=len(data), etag=_etag_of(parts), content_type=upload.content_type, checksum=None
        )
        return self._bucket.keep(data, described)

    async def abort(self, key: str, *, upload_id: str) -> None:
        if self._bucket.upload(key, upload_id):
            del self._bucket.uploads[upload_id]

    async def opened(self, prefix: str) -> AsyncIterator[OpenUpload]:
        for upload_id, upload in list(self._bucket.uploads.items()):
            if upload.key.startswith(prefix):
                yield OpenUpload(key=upload.key, upload_id=upload_id, began_at=upload.began_at)

    def _completed_before(self, key: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
        stored = self._bucket.objects.get(key)
        return stored.described if stored and stored.described.etag == _etag_of(parts) else None


def _acceptable(upload: MemoryUpload, parts: Sequence[UploadedPart], smallest: int) -> bool:
    arrived = [upload.parts.get(part.number) for part in parts]
    return (
        bool(parts)
        and all(there and there[0].etag == part.etag for there, part in zip(arrived, parts, strict=True))
        and all(earlier.number < later.number for earlier, later in pairwise(parts))
        and all(there and there[0].size >= smallest for there in arrived[:-1])
    )


async def _chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), _MIB):
        yield data[start : start + _MIB]


def _etag_of(parts: Sequence[UploadedPart]) -> str:
    etags = "".join([part.etag for part in parts])
    return f"{_md5(etags.encode()).hex()}-{len(parts)}"


def _md5(data: bytes) -> bytes:
    return md5(data, usedforsecurity=False).digest()
