"""An announced upload that its client replaces after the look: what was not looked at comes under no blob's key."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from domain.media.errors import MediaMismatch
from domain.media.media import MediaStatus
from domain.media.object_keys import blob_key
from tests.application.media.sending import checksum_of_bytes, complete, file_of, presign
from tests.uploads.library import Library

BODY = file_of("video/mp4", size=4096, name="announced")
OTHER = file_of("video/mp4", size=4096, name="others")
CHECKSUM = checksum_of_bytes(BODY)

Write: TypeAlias = Callable[[Library, str, bytes], Awaitable[None]]


async def put(library: Library, key: str, body: bytes) -> None:
    await library.store.put(key, body, content_type="video/mp4", checksum=checksum_of_bytes(body))


async def put_in_parts(library: Library, key: str, body: bytes) -> None:
    """Of which the store keeps no SHA-256."""
    upload_id = await library.multipart.begin(key, content_type="video/mp4")
    part = await library.multipart.put(key, upload_id=upload_id, number=1, body=body)
    assert await library.multipart.complete(key, upload_id=upload_id, parts=[part]) is not None


@pytest.mark.parametrize("is_brought", [True, False], ids=["another brings them", "nobody brings them"])
@pytest.mark.parametrize("write", [put, put_in_parts])
async def test_what_was_not_looked_at_is_not_copied(
    library: Library, monkeypatch: pytest.MonkeyPatch, write: Write, is_brought: bool
) -> None:
    """As it is replaced, another upload brings the right bytes: those stay."""
    ticket = await presign(library, BODY, by=library.owner, file_type="video/mp4")
    await put(library, ticket.media.storage_key, BODY)
    key, head = blob_key(library.store_id, CHECKSUM), library.store.head

    async def looked(asked: str) -> object:
        found = await head(asked)
        if asked == key:
            await write(library, ticket.media.storage_key, OTHER)
            if is_brought:
                await put(library, key, BODY)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(library.store, "head", looked)
        with pytest.raises(MediaMismatch):
            await complete(library, ticket.media.id, by=library.owner)

    if is_brought:
        assert await library.bytes_at(key) == BODY
    else:
        assert await library.store.head(key) is None


async def test_the_right_bytes_may_come_after_all(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    await test_what_was_not_looked_at_is_not_copied(library, monkeypatch, put, is_brought=False)
    (media,) = await library.media()
    await put(library, media.storage_key, BODY)

    assert (await complete(library, media.id, by=library.owner)).status is MediaStatus.UPLOADED

    assert await library.objects() == [blob_key(library.store_id, CHECKSUM)]
