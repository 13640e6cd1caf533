"""Media whose bytes have arrived."""

from datetime import datetime
from hashlib import sha256

from application.media.derivative_planner import DerivativePlanner
from application.unit_of_work import UnitOfWorkFactory
from domain.checksum import Checksum
from domain.ids import MediaId
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import blob_key
from tests.application.world import World
from tests.builders import STORE, build_blob, build_media

JPEG = b"\xff\xd8\xff one"


async def uploaded(world: World, body: bytes = JPEG, mime_type: str = "image/jpeg") -> Media:
    """Its task waits, if anything is derived of its type."""
    checksum = Checksum(sha256(body).digest())
    world.bucket.write(blob_key(STORE, checksum), body, content_type=mime_type, checksum=checksum)
    return await arrived(world.begin, world.derivative_planner, body, mime_type, now=world.now)


async def arrived(
    begin: UnitOfWorkFactory, planner: DerivativePlanner, body: bytes, mime_type: str, *, now: datetime
) -> Media:
    """The rows alone: the bytes lie under the key of their blob already."""
    checksum = Checksum(sha256(body).digest())
    media = build_media(checksum=checksum, size=len(body), mime_type=mime_type)
    async with begin() as tx:
        blob = await tx.blobs.obtain(build_blob(checksum=checksum, size=len(body), content_type=mime_type))
        media.hold(blob, now=now)
        await tx.blobs.save(blob)
        media.arrive(blob, mime_type=mime_type, facts=None, url="https://vitrine.example/1", now=now)
        await tx.media.save(media)
        await planner.schedule(tx, media, now=now)
        await tx.commit()
    return media


async def media_now(begin: UnitOfWorkFactory, media_id: MediaId) -> Media:
    async with begin() as tx:
        media = await tx.media.find(media_id)
    assert media is not None
    return media


async def status_of(world: World, media: Media) -> MediaStatus:
    return (await media_now(world.begin, media.id)).status


async def delete(world: World, media_id: MediaId) -> None:
    async with world.begin() as tx:
        media = await tx.media.lock(media_id)
        assert media is not None
        media.request_deletion(now=world.now)
        await tx.media.save(media)
        await tx.commit()
