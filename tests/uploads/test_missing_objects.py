"""The store knows these bytes and has not got them: the upload that described them has died, or they were lost.

Whoever brings them next writes them to where their blob lies, wherever that is, and leaves nothing beside it.
"""

import asyncio
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from application.media import upload_media
from application.media.promote_media import ALONE, VerifiedBytes
from domain.errors import Unavailable
from domain.ids import MediaId
from domain.media.errors import MediaNotArrived
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import blob_key, direct_key
from tests.application.media.sending import MIB, checksum_of_bytes, complete, file_of, presign, upload
from tests.application.media.test_cut_short import Killer, ended
from tests.application.media_use_cases import UPLOAD_WINDOW
from tests.builders import build_blob, build_media
from tests.deletion.killing import Executioner
from tests.uploads.library import A_MOMENT, Library

BODY = file_of("video/mp4", size=5 * MIB + 1, name="missing")
CHECKSUM = checksum_of_bytes(BODY)
NAMED = pytest.mark.parametrize("checksum", [str(CHECKSUM), None], ids=["named", "unnamed"])


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_media, "_WHILE_OTHERS_END", (0.0, 0.0))


async def put(library: Library, key: str) -> None:
    await library.store.put(key, BODY, content_type="video/mp4", checksum=CHECKSUM)


async def bring(library: Library, checksum: str | None = None) -> Media:
    return await upload(library, BODY, by=library.owner, checksum=checksum)


async def one_that_died(library: Library) -> Media:
    """A direct upload that had hold of its bytes, and ended before they appeared."""
    media_id = MediaId(library.ids.new())
    media = build_media(
        id=media_id,
        store_id=library.store_id,
        checksum=None,
        storage_key=direct_key(library.store_id, media_id),
        mime_type="video/mp4",
        created_at=library.now,
    )
    async with library.begin() as tx:
        await tx.media.save(media)
        await tx.commit()
    verified = VerifiedBytes(
        checksum=CHECKSUM, size=len(BODY), mime_type="video/mp4", facts=None, key=media.storage_key
    )
    await library.promote_media._hold(media.id, verified, ALONE)
    return media


async def assert_only_at(library: Library, key: str) -> None:
    assert await library.objects() == [key]
    assert await library.bytes_at(key) == BODY
    assert await library.open_uploads() == []


@NAMED
async def test_they_are_written_to_where_their_blob_lies(library: Library, checksum: str | None) -> None:
    dead = await one_that_died(library)

    media = await bring(library, checksum)

    assert media.storage_key == dead.storage_key
    await assert_only_at(library, dead.storage_key)


async def test_those_that_were_put_past_us_as_well(library: Library) -> None:
    dead = await one_that_died(library)
    ticket = await presign(library, BODY, by=library.owner, file_type="video/mp4")
    await put(library, ticket.media.storage_key)

    assert (await complete(library, ticket.media.id, by=library.owner)).storage_key == dead.storage_key

    await assert_only_at(library, dead.storage_key)


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "direct"])
async def test_what_is_cut_short_is_not_taken_for_them_whatever_their_blob_was_described_by(
    library: Library, announced: bool
) -> None:
    key, short = blob_key(library.store_id, CHECKSUM), BODY[:MIB]
    described = build_blob(store_id=library.store_id, checksum=CHECKSUM, size=len(short), content_type="video/mp4")
    async with library.begin() as tx:
        await tx.blobs.obtain(described)
        await tx.commit()
    upload_id = await library.multipart.begin(key, content_type="video/mp4")
    part = await library.multipart.put(key, upload_id=upload_id, number=1, body=short)
    await library.multipart.complete(key, upload_id=upload_id, parts=[part])

    if announced:
        ticket = await presign(library, BODY, by=library.owner, file_type="video/mp4")
        await put(library, ticket.media.storage_key)
        media = await complete(library, ticket.media.id, by=library.owner)
    else:
        media = await bring(library)

    (blob,) = await library.blobs()
    assert blob.id == described.id
    assert blob.size == media.size == len(BODY)
    await assert_only_at(library, key)


async def test_twenty_at_once_by_both_ways_leave_one_object(library: Library) -> None:
    dead = await one_that_died(library)

    media = await asyncio.gather(*(bring(library, str(CHECKSUM) if each % 2 else None) for each in range(20)))

    assert {each.storage_key for each in media} == {dead.storage_key}
    await assert_only_at(library, dead.storage_key)
    (blob,) = await library.blobs()
    assert blob.holders == 21


@NAMED
async def test_they_are_not_written_where_another_upload_ends_meanwhile(
    library: Library, monkeypatch: pytest.MonkeyPatch, checksum: str | None
) -> None:
    dead, looks, head = await one_that_died(library), 0, library.store.head

    async def looked(key: str) -> object:
        nonlocal looks
        looks += 1
        if looks == 2:
            await put(library, dead.storage_key)
        return await head(key)

    async def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(library.store, "head", looked)
    monkeypatch.setattr(library.store, "copy", refuse)
    assert (await bring(library, checksum)).storage_key == dead.storage_key

    await assert_only_at(library, dead.storage_key)


async def test_who_holds_them_alone_waits_for_nobody(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_media, "_WHILE_OTHERS_END", (3600.0,))
    lost = await bring(library)
    await library.request_deletion(lost.id)
    await library.delete(lost.id)
    await library.store.delete([lost.storage_key])

    assert (await bring(library)).storage_key == lost.storage_key

    await assert_only_at(library, lost.storage_key)


async def test_what_uploads_that_share_a_key_have_cleared_is_there_all_the_same(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one that names the same bytes has copied them, and cleared the key that both wrote to."""
    dead, copy = await one_that_died(library), library.store.copy

    async def beaten(source: str, to: str, **how: Any) -> object:
        await copy(source, to, **how)
        await library.store.delete([source])
        return await copy(source, to, **how)

    monkeypatch.setattr(library.store, "copy", beaten)

    assert (await bring(library, str(CHECKSUM))).storage_key == dead.storage_key
    await assert_only_at(library, dead.storage_key)


@NAMED
async def test_where_they_cannot_be_copied_nothing_stays(
    library: Library, monkeypatch: pytest.MonkeyPatch, checksum: str | None
) -> None:
    dead = await one_that_died(library)

    async def refuse(*_: object, **__: object) -> None:
        raise Unavailable("the object store does not answer")

    monkeypatch.setattr(library.store, "copy", refuse)
    with pytest.raises(Unavailable):
        await bring(library, checksum)

    assert await library.objects() == []
    assert await library.open_uploads() == []
    assert [each.id for each in await library.media()] == [dead.id]


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@NAMED
async def test_an_upload_that_is_cancelled_leaves_nothing(
    memory_library: Library, before: bool, checksum: str | None
) -> None:
    library = memory_library
    dead = await one_that_died(library)
    for step in count(1):
        executioner = Executioner(step, before=before)
        doomed = library.seen_by(executioner)
        doomed.multipart = library.multipart  # A cancelled `begin` looks after itself.

        if await ended(bring(doomed, checksum)):
            assert not executioner.has_struck
            break

        assert set(await library.objects()) <= {dead.storage_key}
        assert await library.open_uploads() == []
        (blob,) = await library.blobs()
        media = await library.media()
        assert blob.holders == len(media)
        assert {each.status for each in media if each.id != dead.id} <= {MediaStatus.UPLOADED}
        await library.store.delete([dead.storage_key])
    assert step > 15


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "expired"])
@NAMED
async def test_an_upload_whose_process_is_killed_leaves_nothing_behind(
    tmp_path: Path, before: bool, is_deleted: bool, checksum: str | None
) -> None:
    """Neither behind the sweepers, nor behind the deletion worker where its media is deleted before it expires."""
    for step in count(1):
        library, killer = Library(tmp_path), Killer(step, before=before)
        dead = await one_that_died(library)

        if await ended(bring(library.seen_by(killer), checksum)):
            break
        for left in [each for each in await library.media() if each.id != dead.id]:
            if is_deleted:
                await library.request_deletion(left.id)
                await library.delete(left.id)
        await library.sweep()

        media, blobs = await library.media(), await library.blobs()
        arrived = [each for each in media if each.status is MediaStatus.UPLOADED]
        assert MediaStatus.PENDING not in {each.status for each in media}
        assert {blob.id for blob in blobs} == {each.blob_id for each in arrived}
        assert await library.objects() == [blob.key for blob in blobs]
        assert await library.open_uploads() == []
    assert step > 18


@NAMED
async def test_what_a_blob_names_survives_the_end_of_the_upload_that_wrote_it(
    library: Library, checksum: str | None
) -> None:
    """Killed when all but its arrival was done; others brought the same bytes meanwhile."""
    dead = await one_that_died(library)
    await put(library, dead.storage_key)
    heir = await bring(library, checksum)
    library.clock.advance(UPLOAD_WINDOW + A_MOMENT)

    assert await library.expire_unfinished() == 1

    await library.request_deletion(dead.id)
    await library.delete(dead.id)
    await library.sweep()
    await assert_only_at(library, heir.storage_key)
    (blob,) = await library.blobs()
    assert (blob.id, blob.holders) == (heir.blob_id, 1)


async def test_a_direct_upload_that_names_its_bytes_cannot_be_completed(library: Library) -> None:
    """Others may have brought them to where it writes."""
    known = await bring(library, str(CHECKSUM))
    assert known.storage_key == blob_key(library.store_id, CHECKSUM)
    flowing = build_media(
        id=MediaId(library.ids.new()),
        store_id=library.store_id,
        checksum=CHECKSUM,
        storage_key=known.storage_key,
        size=known.size,
    )
    async with library.begin() as tx:
        await tx.media.save(flowing)
        await tx.commit()

    with pytest.raises(MediaNotArrived):
        await complete(library, flowing.id, by=library.owner)

    assert await library.unfinished_uploads.discard(flowing.id)
    await assert_only_at(library, known.storage_key)
