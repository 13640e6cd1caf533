"""Media whose bytes have arrived."""

from hashlib import sha256

from application.unit_of_work import UnitOfWorkFactory
from domain.checksum import Checksum
from domain.ids import MediaId
from domain.media.media import Media, MediaStatus
from tests.application.world import World
from tests.builders import build_blob, build_media

JPEG = b"\xff\xd8\xff one"


async def uploaded(world: World, body: bytes = JPEG, mime_type: str = "image/jpeg") -> Media:
    """Its task waits, if anything is derived of its type."""
    checksum = Checksum(sha256(body).digest())
    media = build_media(checksum=checksum, size=len(body), mime_type=mime_type)
    blob = build_blob(checksum=checksum, size=len(body), content_type=mime_type)
    world.bucket.write(blob.key, body, content_type=mime_type, checksum=checksum)
    async with world.begin() as tx:
        blob = await tx.blobs.obtain(blob)
        media.hold(blob, now=world.now)
        await tx.blobs.save(blob)
        media.arrive(blob, mime_type=mime_type, facts=None, url="https://vitrine.example/1", now=world.now)
        await tx.media.save(media)
        await world.derivative_planner.schedule(tx, media, now=world.now)
        await tx.commit()
    return media


async def media_now(begin: UnitOfWorkFactory, media_id: MediaId) -> Media:
    async with begin() as tx:
        media = await tx.media.find(media_id)
    assert media is not None
    return media


async def delete(world: World, media_id: MediaId) -> None:
    async with world.begin() as tx:
        media = await tx.media.lock(media_id)
        assert media is not None
        media.request_deletion(now=world.now)
        await tx.media.save(media)
        await tx.commit()


async def status_of(world: World, media: Media) -> MediaStatus:
    return (await media_now(world.begin, media.id)).status
