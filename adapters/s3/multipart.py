import asyncio
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from hashlib import md5
from typing import TYPE_CHECKING, Literal, TypedDict
from zlib import crc32

from botocore.exceptions import ClientError

from adapters.s3.connection import S3Connection
from adapters.s3.describing import describe
from adapters.s3.errors import StoreRefused, error_code, translated
from adapters.s3.sending import body_of
from adapters.s3.sigv4 import encode_value
from application.ports.storage import Bytes, MultipartUploads, OpenUpload, StoredObject, UploadedPart
from domain.errors import Unavailable

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import CompletedPartTypeDef

_log = logging.getLogger(__name__)

_CRC32 = "x-amz-checksum-crc32"
_REFUSALS = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "NoSuchUpload"}


class _Checked(TypedDict, total=False):
    ChecksumAlgorithm: Literal["CRC32"]
    ChecksumType: Literal["FULL_OBJECT"]


class S3MultipartUploads(MultipartUploads):
    def __init__(self, connection: S3Connection) -> None:
        self._client = connection.client
        self._bucket = connection.address.bucket
        self._requests = connection.requests

    async def begin(self, key: str, *, content_type: str, by_client: bool = False) -> str:
        opening = asyncio.create_task(self._open(key, content_type, by_client=by_client))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            # The store may have opened it, and nobody else would ever learn its id.
            await asyncio.shield(self._abort_opened(key, opening))
            raise

    async def put(self, key: str, *, upload_id: str, number: int, body: Bytes) -> UploadedPart:
        checksum = b64encode((await asyncio.to_thread(crc32, body)).to_bytes(4)).decode()
        answer = await self._requests.send(
            "PUT",
            key,
            headers={"content-length": str(len(body)), _CRC32: checksum},
            query=f"partNumber={number}&uploadId={encode_value(upload_id)}",
            body=body_of(body),
            size=len(body),
        )
        action = f"part {number} of {key}"
        answer.require_ok(action)
        if answer.headers.get(_CRC32) != checksum:
            raise StoreRefused(action, status=answer.status, reason="did not confirm the CRC-32")
        return UploadedPart(number=number, etag=answer.etag, size=len(body))

    async def parts(self, key: str, *, upload_id: str) -> Sequence[UploadedPart]:
        pages = self._client.get_paginator("list_parts").paginate(Bucket=self._bucket, Key=key, UploadId=upload_id)
        with translated(f"list parts of {key}"):
            try:
                listed = [part async for page in pages for part in page.get("Parts", ())]
            except ClientError as error:
                if error_code(error) != "NoSuchUpload":
                    raise
                return []
        # SeaweedFS goes on listing a part that was sent again; the later entry wins here.
        listed.sort(key=lambda part: (part["PartNumber"], part["LastModified"]))
        newest = {
            part["PartNumber"]: UploadedPart(number=part["PartNumber"], etag=part["ETag"].strip('"'), size=part["Size"])
            for part in listed
        }
        return list(newest.values())

    async def complete(self, key: str, *, upload_id: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
        if not parts:
            return None
        named: list[CompletedPartTypeDef] = [{"PartNumber": part.number, "ETag": f'"{part.etag}"'} for part in parts]
        with translated(f"complete multipart upload {key}"):
            try:
                await self._client.complete_multipart_upload(
                    Bucket=self._bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": named}
                )
            except ClientError as error:
                code = error_code(error)
                if code not in _REFUSALS:
                    raise
                return await self._completed_before(key, parts) if code == "NoSuchUpload" else None
        return await describe(self._requests, key)

    async def abort(self, key: str, *, upload_id: str) -> None:
        with translated(f"abort multipart upload {key}"):
            try:
                await self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)
            except ClientError as error:
                if error_code(error) != "NoSuchUpload":
                    raise

    async def opened(self, prefix: str) -> AsyncIterator[OpenUpload]:
        pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket, Prefix=prefix)
        with translated(f"list the open uploads below {prefix}"):
            async for page in pages:
                for upload in page.get("Uploads", ()):
                    yield OpenUpload(
                        key=upload["Key"], upload_id=upload["UploadId"], began_at=upload["Initiated"].astimezone(UTC)
                    )

    async def _open(self, key: str, content_type: str, *, by_client: bool) -> str:
        # What is opened with a checksum takes no part without one, and clients send none. Ours have a CRC-32: of those
        # that the store can add up to one of the whole it is the cheapest, and we have a SHA-256 of the whole besides.
        checked: _Checked = {} if by_client else {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}
        with translated(f"create multipart upload {key}"):
            answer = await self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ContentType=content_type, **checked
            )
        return answer["UploadId"]

    async def _abort_opened(self, key: str, opening: asyncio.Task[str]) -> None:
        try:
            await self.abort(key, upload_id=await opening)
        except Unavailable:
            _log.warning("could not abort a cancelled multipart upload of %s", key, exc_info=True)

    async def _completed_before(self, key: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
        """The object, if it was made from these very parts: the answer to an earlier call got lost."""
        stored = await describe(self._requests, key)
        return stored if stored and stored.etag == _etag_of(parts) else None


@asynccontextmanager
async def aborted_on_failure(uploads: MultipartUploads, key: str, upload_id: str) -> AsyncIterator[None]:
    """Forget the upload when the block fails or is cancelled."""
    try:
        yield
    except BaseException:
        try:
            await asyncio.shield(uploads.abort(key, upload_id=upload_id))
        except Unavailable:
            # The bucket's lifecycle rule removes it; the failure that led here matters more.
            _log.warning("could not abort the multipart upload %s of %s", upload_id, key, exc_info=True)
        raise


def _md5(data: bytes) -> bytes:
    return md5(data, usedforsecurity=False).digest()


def _etag_of(parts: Sequence[UploadedPart]) -> str | None:
    try:
        digests = b"".join([bytes.fromhex(part.etag) for part in parts])
    except ValueError:
        return None
    return f"{_md5(digests).hex()}-{len(parts)}"
