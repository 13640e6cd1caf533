"""The deletion worker: owners let go, one after the other, then the media goes."""

from dataclasses import replace
from datetime import datetime

import pytest

from application.attachments.entity_types import EntityType
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.attachments.errors import MediaProtected, UnknownEntityType
from domain.errors import ConcurrentUpdate
from domain.media.media import MediaStatus
from tests.deletion.albums import CONTRACT, COVER, ENTITY_TYPES, PICTURES, Album, Albums
from tests.deletion.scene import Scene


async def test_a_single_reference_is_nulled(scene: Scene) -> None:
    media, other = await scene.new_media(), await scene.new_media()
    album = await scene.new_album(cover=media, pictures=[other])
    await scene.request_deletion(media)

    assert await scene.delete(media.id)

    assert replace(await scene.album(album), version=0) == Album(id=album.id, cover=None, pictures=[other.id])
    assert (await scene.usages(media), len(await scene.usages(other))) == ([], 1)


async def test_out_of_a_collection_it_is_taken_and_the_order_closes_up(scene: Scene) -> None:
    first, media, last = [await scene.new_media() for _ in range(3)]
    album = await scene.new_album(pictures=[first, media, last])
    await scene.request_deletion(media)

    assert await scene.delete(media.id)

    assert (await scene.album(album)).pictures == [first.id, last.id]
    assert [len(await scene.usages(each)) for each in (first, media, last)] == [1, 0, 1]


async def test_the_media_becomes_a_tombstone_that_holds_no_bytes(scene: Scene) -> None:
    media = await scene.new_media()
    album = await scene.new_album(cover=media, pictures=[media])
    await scene.request_deletion(media)

    assert await scene.delete(media.id)

    buried, blob = await scene.media(media), await scene.blob(media)
    assert blob is not None
    assert (buried.status, buried.deleted_at, buried.usage_count) == (MediaStatus.DELETED, scene.clock.now(), 0)
    assert (buried.blob_id, blob.holders, blob.condemned_at) == (None, 0, scene.clock.now())
    assert list(scene.bucket.objects) == [blob.key], (
        "renditions and leftovers are gone; the bytes wait for the collector"
    )
    assert await scene.types_told(media) == ["media.delete_requested", "media.deleted", "photo.deleted"]
    assert (await scene.album(album)).pictures == []
    assert scene.telemetry.of("deletion_ended") == ["deleted"]
    assert scene.telemetry.of("usage_detached") == [COVER, PICTURES]
    # The event has its own line where events are logged.
    assert scene.log.lines == [("deletion.done", {"media_id": media.id, "store_id": media.store_id, "usages": 2})]


async def test_usages_go_in_their_fixed_order_owner_before_ledger(scene: Scene) -> None:
    media = await scene.new_media()
    seen: list[Attachment] = []

    def watching(entity_type: EntityType) -> EntityType:
        async def detach(tx: UnitOfWork, usage: Attachment, now: datetime) -> None:
            assert usage in await tx.attachments.of_media(usage.media_id), "its row goes after it"
            seen.append(usage)
            await entity_type.detach(tx, usage, now)

        return replace(entity_type, detach=detach)

    for _ in range(5):
        await scene.new_album(cover=media, pictures=[media])
    expected = sorted(await scene.usages(media), key=lambda usage: usage.place)
    await scene.request_deletion(media)
    scene.entity_types = [watching(entity_type) for entity_type in ENTITY_TYPES]

    await scene.delete(media.id)

    assert seen == expected
    assert len(seen) == 10


async def test_any_number_of_usages_is_taken_page_by_page(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.attachments.delete_media._PAGE", 3)
    media = await scene.new_media()
    albums = [await scene.new_album(cover=media, pictures=[media]) for _ in range(5)]
    await scene.request_deletion(media)
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    assert await scene.delete(media.id, on_step=step)

    assert [(found.cover, found.pictures) for found in [await scene.album(album) for album in albums]] == [
        (None, [])
    ] * 5
    assert (steps, await scene.usages(media)) == (10, [])


async def test_what_is_detached_already_is_a_success(scene: Scene) -> None:
    """The owner does not refer to it any more, or is gone."""
    media = await scene.new_media()
    album = await scene.new_album(cover=media)
    await scene.smuggle(media, PICTURES)
    async with scene.begin() as tx:
        album.cover = None
        await tx.repository(Albums).save(album)
        await tx.commit()
    await scene.request_deletion(media)

    assert await scene.delete(media.id)
    assert (await scene.album(album)).version == album.version, "nothing was written"


@pytest.mark.parametrize("status", [status for status in MediaStatus if "DELETE_" not in status])
async def test_media_that_nobody_asked_to_delete_are_left_alone(scene: Scene, status: MediaStatus) -> None:
    media = await scene.new_media()
    album = await scene.new_album(cover=media)
    await scene.change(media, lambda found: setattr(found, "status", status))

    assert not await scene.delete(media.id)

    assert (await scene.album(album)).cover == media.id
    assert len(await scene.usages(media)) == 1
    assert len(scene.bucket.objects) == 3
    assert await scene.types_told(media) == []


async def test_of_a_media_that_is_unknown_nothing_is_done(scene: Scene) -> None:
    assert not await scene.delete((await Scene(begin=scene.begin).new_media()).id)


async def test_a_second_delivery_is_ignored(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)

    assert [await scene.delete(media.id) for _ in range(3)] == [True, False, False]
    assert await scene.types_told(media) == ["media.delete_requested", "media.deleted", "photo.deleted"]


async def test_bytes_that_another_media_holds_stay_held(scene: Scene) -> None:
    media = await scene.new_media()
    blob = await scene.blob(media)
    other = await scene.new_media(blob)
    await scene.request_deletion(media)

    await scene.delete(media.id)

    left = await scene.blob(other)
    assert left is not None
    assert (left.holders, left.condemned_at) == (1, None)


async def test_a_protected_use_is_never_detached_and_neither_are_those_beside_it(scene: Scene) -> None:
    media = await scene.new_media()
    album = await scene.new_album(cover=media)
    protected = await scene.smuggle(media, CONTRACT)
    await scene.request_deletion(media)

    with pytest.raises(MediaProtected) as refusal:
        await scene.delete(media.id)

    assert [blocker.entity_id for blocker in refusal.value.blockers] == [protected.entity_id]
    assert (await scene.album(album)).cover == media.id
    assert len(await scene.usages(media)) == 2
    assert (await scene.media(media)).status is MediaStatus.DELETE_REQUESTED
    assert len(scene.bucket.objects) == 3


async def test_an_unknown_entity_type_is_a_loud_failure_and_nothing_is_detached(scene: Scene) -> None:
    media = await scene.new_media()
    album = await scene.new_album(cover=media)
    await scene.smuggle(media, "zeppelin")
    await scene.request_deletion(media)

    with pytest.raises(UnknownEntityType, match="zeppelin"):
        await scene.delete(media.id)

    assert (await scene.album(album)).cover == media.id
    assert len(await scene.usages(media)) == 2


async def test_the_coarse_name_of_an_owner_stands_for_all_of_its_slots(scene: Scene) -> None:
    media = await scene.new_media()
    album = Album(id=scene.ids.new(), cover=media.id, pictures=[media.id])
    async with scene.begin() as tx:
        await tx.repository(Albums).save(album)
        await tx.commit()
    await scene.smuggle(media, "album", entity_id=album.id)
    await scene.request_deletion(media)

    assert await scene.delete(media.id)
    assert replace(await scene.album(album), version=0) == Album(id=album.id)


async def test_an_owner_whose_transaction_conflicts_is_tried_again(scene: Scene) -> None:
    media = await scene.new_media()
    album = await scene.new_album(cover=media)
    await scene.request_deletion(media)
    conflicts = [2]
    scene.entity_types = [_conflicting(entity_type, conflicts) for entity_type in ENTITY_TYPES]

    assert await scene.delete(media.id)
    assert ((await scene.album(album)).cover, conflicts) == (None, [0])


async def test_one_that_conflicts_for_ever_is_told(scene: Scene) -> None:
    media = await scene.new_media()
    album = await scene.new_album(cover=media)
    await scene.request_deletion(media)
    scene.entity_types = [_conflicting(entity_type, [99]) for entity_type in ENTITY_TYPES]

    with pytest.raises(ConcurrentUpdate):
        await scene.delete(media.id)
    assert (await scene.album(album)).cover == media.id


def _conflicting(entity_type: EntityType, left: list[int]) -> EntityType:
    async def detach(tx: UnitOfWork, usage: Attachment, now: datetime) -> None:
        await entity_type.detach(tx, usage, now)
        if left[0]:
            left[0] -= 1
            raise ConcurrentUpdate("somebody else was faster")

    return replace(entity_type, detach=detach)


async def test_a_failed_detachment_takes_owner_and_ledger_back_together(scene: Scene) -> None:
    media = await scene.new_media()
    album = await scene.new_album(cover=media)
    await scene.request_deletion(media)
    scene.entity_types = [_broken(entity_type) for entity_type in ENTITY_TYPES]

    with pytest.raises(KeyError):
        await scene.delete(media.id)

    assert (await scene.album(album)).cover == media.id
    assert len(await scene.usages(media)) == 1
    scene.entity_types = ENTITY_TYPES
    assert await scene.delete(media.id)


def _broken(entity_type: EntityType) -> EntityType:
    async def detach(tx: UnitOfWork, usage: Attachment, now: datetime) -> None:
        await entity_type.detach(tx, usage, now)
        raise KeyError("a defect of the consumer")

    return replace(entity_type, detach=detach)
