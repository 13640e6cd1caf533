"""Files on their way into the library, by both ways."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

from application.media.complete_upload import CompleteUploadCommand
from application.media.presign_upload import PresignedUpload, PresignUploadCommand
from application.media.upload_media import UploadMediaCommand
from domain.checksum import Checksum
from domain.ids import MediaId
from domain.media.announcement import AnnouncedMedia, SentAlong
from domain.media.blob import Blob
from domain.media.media import Media
from domain.principal import Principal
from tests.application.world import OWNER_PRINCIPAL, World

MIB = 1024 * 1024
_HEADS = {
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF89a",
    "image/heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "image/heif": b"\x00\x00\x00\x14ftypmif1\x00\x00\x00\x00mif1",
    "image/svg+xml": b"<svg xmlns='http://www.w3.org/2000/svg'>",
    "video/mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "application/pdf": b"%PDF-1.7 ",
    "application/octet-stream": b"nothing in particular ",
}


def file_of(mime_type: str = "image/jpeg", *, size: int = 0, name: str = "one") -> bytes:
    """Bytes that prove this type, no two names alike; `size` bytes if that is more."""
    body = _HEADS[mime_type] + name.encode()
    return body.ljust(size, b".")


def checksum_of_bytes(body: bytes) -> Checksum:
    return Checksum(sha256(body).digest())


async def pieces(body: bytes, *, of: int = 256 * 1024) -> AsyncIterator[bytes]:
    for start in range(0, len(body), of):
        yield body[start : start + of]


async def upload(
    world: World,
    body: bytes,
    *,
    by: Principal = OWNER_PRINCIPAL,
    content: AsyncIterator[bytes] | None = None,
    at_least: int = 0,
    **words: Any,
) -> Media:
    sent = SentAlong(**{"filename": "bottle.jpg", "kind": "product"} | words)
    command = UploadMediaCommand(principal=by, sent=sent, at_least=at_least)
    return await world.upload_media(command, content or pieces(body))


async def presign(world: World, body: bytes, *, by: Principal = OWNER_PRINCIPAL, **announced: Any) -> PresignedUpload:
    usual = {
        "filename": "bottle.jpg",
        "file_type": "image/jpeg",
        "size": len(body),
        "checksum": str(checksum_of_bytes(body)),
        "kind": "product",
    }
    return await world.presign_upload(PresignUploadCommand(principal=by, announced=AnnouncedMedia(**usual | announced)))


async def complete(world: World, media_id: MediaId, *, by: Principal = OWNER_PRINCIPAL) -> Media:
    return await world.complete_upload(CompleteUploadCommand(principal=by, media_id=media_id))


async def presigned(world: World, body: bytes, **announced: Any) -> Media:
    """Announced and put into the store; to be completed."""
    ticket = await presign(world, body, **announced)
    assert world.http.put(ticket.upload, body).status == 200
    return ticket.media


async def all_media(world: World) -> list[Media]:
    async with world.begin() as tx:
        return list(await tx.media.page(after=None, limit=1_000))


async def all_blobs(world: World) -> list[Blob]:
    async with world.begin() as tx:
        return list(await tx.blobs.page(after=None, limit=1_000))


async def told(world: World, media_id: MediaId) -> list[str]:
    """Types of the events about this media, oldest first, once they are published."""
    await world.pointers()
    return [message.type for message in world.publisher.messages if message.key == str(media_id)]
