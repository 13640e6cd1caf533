"""Every difference that an audit knows: made behind everybody's back, found, and mended when told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from application.audit import audit_bytes, audit_counts, audit_uses
from application.audit.finding import Drift
from application.products.slots import PRODUCT_GALLERY
from application.users.slots import USER_AVATAR
from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import Rendition, RenditionName
from domain.checksum import Checksum
from domain.ids import AttachmentId, MediaId, StoreId, UserId
from domain.media.media import MediaStatus
from domain.media.object_keys import blob_key, direct_key, rendition_key, staging_key
from tests.audit.books import Books
from tests.builders import IDS, NOW, STORE, build_blob, build_media, checksum_of

NOBODYS = Checksum(sha256(b"nobody's").digest())
A_MOMENT = 0.1
LOST = Failure(code=FailureCode.NOT_UPLOADED, detail="the original has vanished from the store")


async def test_where_all_agree_there_is_nothing_to_find(books: Books) -> None:
    for _ in range(3):
        media, _ = await books.media()
        await books.user_with(media)
    await books.media()

    assert await books.audit(repair=True) == []


async def test_what_is_found_says_where(books: Books) -> None:
    media, _ = await books.media()
    use = await books.book(media)

    [finding] = await books.audit()

    assert (finding.drift, finding.media_id, finding.store_id) == (Drift.STALE_USE, media.id, STORE)
    assert (finding.entity_type, finding.entity_id, finding.repaired) == (USER_AVATAR, use.entity_id, False)


async def test_nothing_is_changed_unless_told(books: Books) -> None:
    media, _ = await books.media()
    await books.book(media)
    books.write(f"{STORE}/cas/{checksum_of('nobody').hex}", 10)

    before = await books.audit()
    again = await books.audit()

    assert before == again
    assert len(before) == 2
    assert len(await books.uses(media)) == 1


async def test_a_use_that_the_ledger_does_not_know_is_written_down(books: Books) -> None:
    media, _ = await books.media()
    user_id = UserId(IDS.new())
    await books.say(user_id, media.id)

    assert await books.drifts(repair=True) == [Drift.UNRECORDED_USE]

    [use] = await books.uses(media)
    assert (use.entity_type, use.entity_id, use.store_id) == (USER_AVATAR, user_id, STORE)
    assert (await books.find(media)).usage_count == 1
    assert await books.audit() == []


@pytest.mark.parametrize(
    "since", [{"status": MediaStatus.FAILED, "failure": LOST}, {"quarantined_at": NOW}], ids=["failed", "quarantined"]
)
async def test_what_can_be_attached_no_longer_stays_in_use(books: Books, since: dict[str, Any]) -> None:
    media, _ = await books.media()
    async with books.begin() as tx:
        locked = await tx.media.lock(media.id)
        assert locked is not None
        await tx.media.save(replace(locked, **since))
        await tx.commit()
    user_id = UserId(IDS.new())
    await books.say(user_id, media.id)

    assert await books.drifts(repair=True) == [Drift.UNRECORDED_USE]

    assert (await books.user(user_id)).avatar_media_id == media.id
    assert [use.entity_id for use in await books.uses(media)] == [user_id]


async def test_a_use_that_the_entity_does_not_have_is_struck_out(books: Books) -> None:
    media, _ = await books.media()
    user = await books.user_with(media)
    await books.say(user.id, None)

    assert await books.drifts(repair=True) == [Drift.STALE_USE]

    assert await books.uses(media) == []
    assert (await books.find(media)).usage_count == 0


async def test_a_use_by_an_entity_that_is_gone_is_struck_out(books: Books) -> None:
    media, _ = await books.media()
    await books.book(media, entity_type=PRODUCT_GALLERY)

    assert await books.drifts(repair=True) == [Drift.STALE_USE]
    assert await books.uses(media) == []


async def test_a_reference_to_a_tombstone_is_taken_away(books: Books) -> None:
    media = build_media(status=MediaStatus.DELETED, deleted_at=NOW)
    async with books.begin() as tx:
        await tx.media.save(media)
        await tx.commit()
    user_id = UserId(IDS.new())
    await books.say(user_id, media.id)
    await books.book(media, entity_id=user_id)

    assert await books.drifts(repair=True) == [Drift.DANGLING_REFERENCE]

    assert (await books.user(user_id)).avatar_media_id is None
    assert await books.uses(media) == []
    assert await books.audit() == []


async def test_a_coarse_name_covers_the_slots_of_its_owner(books: Books) -> None:
    media, _ = await books.media()
    user_id = UserId(IDS.new())
    await books.say(user_id, media.id)
    await books.book(media, entity_type="user", entity_id=user_id)
    assert await books.audit() == []

    await books.say(user_id, None)

    assert await books.drifts(repair=True) == [Drift.STALE_USE]
    assert await books.uses(media) == []


async def test_what_nobody_has_registered_is_left_to_a_person(books: Books) -> None:
    media, _ = await books.media()
    await books.book(media, entity_type="poster")

    assert await books.drifts(repair=True) == [Drift.UNKNOWN_ENTITY_TYPE]
    assert len(await books.uses(media)) == 1


async def test_a_use_of_another_store_is_left_to_a_person(books: Books) -> None:
    media, _ = await books.media()
    user = await books.user_with(media)
    [use] = await books.uses(media)
    foreign = replace(use, id=AttachmentId(IDS.new()), store_id=StoreId(IDS.new()))
    async with books.begin() as tx:
        await tx.media.lock(media.id)
        await tx.attachments.apply(added=[], removed=[use])
        await tx.attachments.apply(added=[foreign], removed=[])
        await tx.commit()

    assert await books.drifts(repair=True) == [Drift.FOREIGN_USE]
    assert (await books.user(user.id)).avatar_media_id == media.id


async def test_nor_is_one_written_down_that_the_ledger_does_not_know(books: Books) -> None:
    media, _ = await books.media()
    user_id = UserId(IDS.new())
    await books.say(user_id, media.id, store_id=StoreId(IDS.new()))

    assert await books.drifts(repair=True) == [Drift.FOREIGN_USE]
    assert await books.uses(media) == []


async def test_media_that_count_wrongly_are_counted_anew(books: Books) -> None:
    media, _ = await books.media()
    await books.user_with(media)
    miscounted = build_media(usage_count=5)
    async with books.begin() as tx:
        await tx.media.save(miscounted)
        await tx.commit()

    assert await books.drifts(repair=True) == [Drift.USAGE_COUNT]
    assert (await books.find(miscounted)).usage_count == 0


async def test_blobs_that_count_wrongly_are_counted_anew(books: Books) -> None:
    media, blob = await books.media()
    async with books.begin() as tx:
        locked = await tx.blobs.lock(blob.id)
        assert locked is not None
        locked.acquire()
        await tx.blobs.save(locked)
        await tx.commit()

    assert await books.drifts(repair=True) == [Drift.HOLDER_COUNT]

    async with books.begin() as tx:
        found = await tx.blobs.lock(blob.id)
    assert found is not None
    assert found.holders == 1
    assert media.blob_id == blob.id


async def test_media_without_bytes_are_left_to_a_person(books: Books) -> None:
    media = build_media(status=MediaStatus.READY)
    async with books.begin() as tx:
        await tx.media.save(media)
        await tx.commit()

    assert await books.drifts(repair=True) == [Drift.MISSING_BLOB]


async def test_bytes_that_are_gone_raise_the_alarm(books: Books) -> None:
    media, blob = await books.media()
    await books.store.delete([blob.key])

    assert await books.drifts() == [Drift.MISSING_OBJECT]
    assert (await books.find(media)).status is MediaStatus.READY

    assert await books.drifts(repair=True) == [Drift.MISSING_OBJECT]
    assert (await books.find(media)).status is MediaStatus.DELETE_REQUESTED


async def test_bytes_that_are_just_being_brought_are_left_to_the_next_audit(books: Books) -> None:
    media, blob = await books.media()
    await books.store.delete([blob.key])
    async with books.begin() as tx:
        held = await tx.blobs.lock(blob.id)
        assert held is not None
        uploading = build_media(checksum=blob.checksum)
        uploading.hold(held, now=NOW)
        await tx.blobs.save(held)
        await tx.media.save(uploading)
        await tx.commit()

    [finding] = await books.audit(repair=True)

    assert (finding.drift, finding.repaired) == (Drift.MISSING_OBJECT, False)
    assert (await books.find(media)).status is MediaStatus.READY
    books.clock.advance(timedelta(minutes=6))
    assert [each.repaired for each in await books.audit(repair=True)] == [True]
    assert (await books.find(media)).status is MediaStatus.DELETE_REQUESTED


async def test_bytes_of_another_size_are_left_to_a_person(books: Books) -> None:
    _, blob = await books.media()
    books.write(blob.key, blob.size + 1)

    assert await books.drifts(repair=True) == [Drift.WRONG_SIZE]


async def test_bytes_that_no_blob_knows_are_condemned_not_deleted(books: Books) -> None:
    await books.media()
    key = blob_key(STORE, NOBODYS)
    books.write_bytes(key, b"nobody's")

    assert await books.drifts(repair=True) == [Drift.ORPHAN_OBJECT]

    async with books.begin() as tx:
        blob = await tx.blobs.find(STORE, NOBODYS)
    assert blob is not None
    assert (blob.condemned_at, blob.size, blob.content_type) == (NOW, len(b"nobody's"), "image/jpeg")
    assert await books.store.head(key) is not None
    assert await books.audit() == []


@pytest.mark.parametrize("body", [b"nobody", b"somebody"], ids=["cut short", "others"])
async def test_what_is_not_what_its_key_tells_is_taken_for_nothing_and_deleted_once_it_is_old(
    books: Books, body: bytes
) -> None:
    key = blob_key(STORE, NOBODYS)
    books.write_bytes(key, body)
    assert [(each.drift, each.repaired) for each in await books.audit(repair=True)] == [(Drift.ORPHAN_OBJECT, False)]
    assert await books.store.head(key) is not None

    books.write_bytes(key, body, age=timedelta(days=3))
    assert [each.repaired for each in await books.audit()] == [False]
    assert [each.repaired for each in await books.audit(repair=True)] == [True]

    assert await books.store.head(key) is None
    async with books.begin() as tx:
        assert await tx.blobs.find(STORE, NOBODYS) is None
    assert await books.audit() == []


async def test_nor_is_it_deleted_under_the_hands_of_an_upload(books: Books) -> None:
    """Which comes for these bytes while what lies there is read."""
    key = blob_key(STORE, NOBODYS)
    books.write_bytes(key, b"nobody", age=timedelta(days=3))
    read = books.store.read

    @asynccontextmanager
    async def overtaken(of: str) -> AsyncIterator[AsyncIterator[bytes]]:
        async with read(of) as chunks:
            await books.media(checksum=NOBODYS, size=len(b"nobody's"))
            yield chunks

    books.store.read = overtaken  # type: ignore[method-assign]
    assert [(each.drift, each.repaired) for each in await books.audit(repair=True)] == [(Drift.ORPHAN_OBJECT, False)]

    assert await books.store.head(key) is not None
    assert await books.audit() == []


async def test_an_upload_that_comes_while_it_is_deleted_waits_and_writes_it_anew(books: Books) -> None:
    key = blob_key(STORE, NOBODYS)
    books.write_bytes(key, b"nobody", age=timedelta(days=3))
    delete, uploads = books.store.delete, list[asyncio.Task[Any]]()

    async def contested(keys: Sequence[str]) -> None:
        uploads.append(asyncio.create_task(books.media(checksum=NOBODYS)))
        await asyncio.sleep(A_MOMENT)
        assert not uploads[0].done()
        await delete(keys)

    books.store.delete = contested  # type: ignore[method-assign]
    assert [each.repaired for each in await books.audit(repair=True)] == [True]

    await asyncio.gather(*uploads)
    assert await books.store.head(key) is not None
    assert await books.audit() == []


async def test_blobs_of_both_keys_are_walked_side_by_side(books: Books) -> None:
    for _ in range(3):
        await books.media()
        await books.media(key=direct_key(STORE, MediaId(IDS.new())))
    assert await books.audit() == []
    lost = [await books.media(), await books.media(key=direct_key(STORE, MediaId(IDS.new())))]
    await books.store.delete([blob.key for _, blob in lost])
    _, larger = await books.media(key=direct_key(STORE, MediaId(IDS.new())))
    books.write(larger.key, larger.size + 1)

    found = await books.audit(repair=True)

    assert {(each.drift, each.key) for each in found} == {
        *((Drift.MISSING_OBJECT, blob.key) for _, blob in lost),
        (Drift.WRONG_SIZE, larger.key),
    }
    for media, _ in lost:
        assert (await books.find(media)).status is MediaStatus.DELETE_REQUESTED


async def test_bytes_whose_hash_nobody_knows_are_deleted_once_they_are_old(books: Books) -> None:
    awaited, failed, gone, fresh = (MediaId(IDS.new()) for _ in range(4))
    async with books.begin() as tx:
        await tx.media.save(build_media(id=awaited, storage_key=direct_key(STORE, awaited)))
        await tx.media.save(
            build_media(id=failed, storage_key=direct_key(STORE, failed), status=MediaStatus.FAILED, failure=LOST)
        )
        await tx.commit()
    for media_id in (awaited, failed, gone):
        books.write(direct_key(STORE, media_id), 5, age=timedelta(days=3))
    books.write(direct_key(STORE, fresh), 5)
    orphans = {direct_key(STORE, media_id) for media_id in (failed, gone)}

    found = await books.audit()
    mended = await books.audit(repair=True)

    assert {(each.drift, each.key, each.store_id) for each in found} == {
        (Drift.ORPHAN_OBJECT, key, STORE) for key in orphans
    }
    assert {each.key for each in mended if each.repaired} == orphans
    assert await books.audit() == []
    assert books.bucket.objects.keys() == {direct_key(STORE, media_id) for media_id in (awaited, fresh)}


async def test_bytes_that_have_a_blob_elsewhere_are_deleted_once_they_are_old(books: Books) -> None:
    old = timedelta(days=3)
    _, blob = await books.media(key=direct_key(STORE, MediaId(IDS.new())))
    _, other = await books.media(key=direct_key(STORE, MediaId(IDS.new())))
    _, used = await books.media(key=direct_key(STORE, MediaId(IDS.new())))
    condemned = build_blob(key=direct_key(STORE, MediaId(IDS.new())), checksum=NOBODYS)
    async with books.begin() as tx:
        await tx.blobs.obtain(condemned)
        held = await tx.blobs.lock(used.id)
        assert held is not None
        uploading = build_media(checksum=None, storage_key=blob_key(STORE, used.checksum))
        uploading.hold(held, now=NOW)
        await tx.blobs.save(held)
        await tx.media.save(uploading)
        await tx.commit()
    beside = {each.id: blob_key(STORE, each.checksum) for each in (blob, other, used, condemned)}
    for each in (blob, used):
        books.write(beside[each.id], each.size, age=old)
    books.write_bytes(beside[condemned.id], b"nobody's", age=old)
    books.write(beside[other.id], other.size)

    found = await books.audit(repair=True)

    assert [(each.drift, each.key, each.repaired) for each in found] == [(Drift.ORPHAN_OBJECT, beside[blob.id], True)]
    assert await books.store.head(beside[blob.id]) is None
    for each in (other, used, condemned):
        assert await books.store.head(beside[each.id]) is not None
    async with books.begin() as tx:
        await tx.blobs.remove(condemned)
        await tx.commit()
    assert [each.key for each in await books.audit(repair=True)] == [beside[condemned.id]]
    async with books.begin() as tx:
        anew = await tx.blobs.at(beside[condemned.id])
    assert anew is not None
    assert anew.condemned_at == NOW


async def test_a_condemned_blob_may_be_without_its_object(books: Books) -> None:
    async with books.begin() as tx:
        await tx.blobs.obtain(build_blob())
        await tx.commit()

    assert await books.audit() == []


async def test_renditions_that_nobody_serves_are_deleted_once_they_are_old(books: Books) -> None:
    media, _ = await books.media()
    served, superseded, fresh, of_nobody = (
        rendition_key(STORE, media_id, "small", fence=fence, extension="jpg")
        for media_id, fence in ((media.id, "1"), (media.id, "2"), (media.id, "3"), (MediaId(IDS.new()), "1"))
    )
    async with books.begin() as tx:
        locked = await tx.media.lock(media.id)
        assert locked is not None
        locked.renditions = (
            Rendition(name=RenditionName.SMALL, key=served, content_type="image/jpeg", size=5, checksum=None),
        )
        await tx.media.save(locked)
        await tx.commit()
    for key in (served, superseded, of_nobody):
        books.write(key, 5, age=timedelta(days=2))
    books.write(fresh, 5)

    found = await books.audit(repair=True)

    assert {(each.drift, each.key) for each in found} == {
        (Drift.ORPHAN_RENDITION, superseded),
        (Drift.ORPHAN_RENDITION, of_nobody),
    }
    assert [await books.store.head(key) is None for key in (served, superseded, fresh, of_nobody)] == [
        *(False, True, False, True)
    ]


async def test_uploads_that_nobody_awaits_are_deleted_once_they_are_old(books: Books) -> None:
    awaited = build_media()
    async with books.begin() as tx:
        await tx.media.save(awaited)
        await tx.commit()
    stale = staging_key(STORE, MediaId(IDS.new()))
    for key in (awaited.storage_key, stale):
        books.write(key, 5, age=timedelta(days=3))
    books.write(staging_key(STORE, MediaId(IDS.new())), 5)

    found = await books.audit(repair=True)

    assert [(each.drift, each.key) for each in found] == [(Drift.STALE_STAGING, stale)]
    assert await books.store.head(stale) is None


async def test_objects_of_listing_media_are_no_business_of_it(books: Books) -> None:
    books.write(f"{IDS.new()}/raw/photo/horizontal/{IDS.new()}/{IDS.new()}-kitchen.jpg", 5, age=timedelta(days=9))

    assert await books.audit(repair=True) == []


async def test_many_are_looked_at_page_by_page(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((audit_uses, "_ENTITIES"), (audit_counts, "_ROWS"), (audit_bytes, "_ROWS")):
        monkeypatch.setattr(module, name, 2)
    for _ in range(5):
        media, _ = await books.media()
        await books.user_with(media)
    lost, blob = await books.media()
    await books.store.delete([blob.key])
    stale = await books.book(lost)

    found = await books.audit()

    assert {(each.drift, each.entity_id) for each in found} == {
        (Drift.STALE_USE, stale.entity_id),
        (Drift.MISSING_OBJECT, None),
    }
