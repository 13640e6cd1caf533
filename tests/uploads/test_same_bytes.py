"""The same bytes by many at once: one blob, one object, and a media for each."""

import asyncio

import pytest

from application.ports.storage import SignedUpload
from domain.media.media import MediaStatus
from tests.application.media.sending import MIB, checksum_of_bytes, complete, file_of, presign, upload
from tests.uploads.library import Library

CLIENTS = 20


async def assert_one_of_all(library: Library, body: bytes) -> None:
    media, blobs = await library.media(), await library.blobs()
    assert len(media) == CLIENTS
    assert {each.status for each in media} == {MediaStatus.UPLOADED}
    (blob,) = blobs
    assert (blob.holders, blob.condemned_at) == (CLIENTS, None)
    assert {each.blob_id for each in media} == {blob.id}
    assert await library.objects() == [blob.key]
    assert await library.bytes_at(blob.key) == body
    assert await library.open_uploads() == []


@pytest.mark.parametrize("size", [0, 5 * MIB + 1], ids=["small", "large"])
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "unnamed"])
async def test_twenty_direct_uploads(library: Library, size: int, is_named: bool) -> None:
    body = file_of("video/mp4", size=size)
    checksum = str(checksum_of_bytes(body)) if is_named else None

    await asyncio.gather(*(upload(library, body, by=library.owner, checksum=checksum) for _ in range(CLIENTS)))

    await assert_one_of_all(library, body)


async def test_ten_direct_uploads_and_ten_past_us(library: Library) -> None:
    body = file_of("video/mp4", size=5 * MIB + 1)

    async def announced() -> None:
        ticket = await presign(library, body, by=library.owner, file_type="video/mp4")
        await put(library, ticket.upload, ticket.media.storage_key, body)
        await complete(library, ticket.media.id, by=library.owner)

    await asyncio.gather(
        *(upload(library, body, by=library.owner) for _ in range(CLIENTS // 2)),
        *(announced() for _ in range(CLIENTS // 2)),
    )

    await assert_one_of_all(library, body)


async def test_uploads_that_name_them_uploads_that_do_not_and_some_past_us(library: Library) -> None:
    body = file_of("video/mp4", size=5 * MIB + 1)

    async def announced() -> None:
        ticket = await presign(library, body, by=library.owner, file_type="video/mp4")
        await put(library, ticket.upload, ticket.media.storage_key, body)
        await complete(library, ticket.media.id, by=library.owner)

    async def bring(turn: int) -> None:
        if turn == 0:
            await announced()
        else:
            checksum = str(checksum_of_bytes(body)) if turn == 1 else None
            await upload(library, body, by=library.owner, checksum=checksum)

    await asyncio.gather(*(bring(number % 3) for number in range(CLIENTS)))

    await assert_one_of_all(library, body)


async def put(library: Library, ticket: SignedUpload, key: str, body: bytes) -> None:
    """As the client does; the signature itself is somebody else's test."""
    await library.store.put(key, body, content_type=ticket.headers["content-type"], checksum=checksum_of_bytes(body))
