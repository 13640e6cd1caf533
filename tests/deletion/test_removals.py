"""The store tells that bytes are gone, or have come back."""

from datetime import timedelta

import pytest

from adapters.memory.storage import MemoryObjectStore
from application.ports.storage import StoredObject
from application.storage.notification import ObjectChange, StorageNotification
from domain.ids import MediaId
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import direct_key, is_blob, is_rendition
from tests.builders import IDS, STORE, build_blob
from tests.deletion.scene import Scene


def told(key: str, change: ObjectChange = ObjectChange.REMOVED) -> StorageNotification:
    return StorageNotification(
        change=change, bucket="vitrine", key=key, size=None, etag=None, at=None, identity=f"{change} {key}"
    )


async def lost(scene: Scene, media: Media) -> bool:
    """Somebody removes the bytes, and the store tells."""
    await scene.store.delete([media.storage_key])
    return await scene.note_blob_removal(told(media.storage_key))


def test_whose_keys_they_are() -> None:
    blob = build_blob()
    assert is_blob(blob.key)
    assert is_blob(direct_key(STORE, MediaId(IDS.new())))
    assert not is_blob(blob.key + "/x")
    assert not is_rendition(blob.key)
    assert is_rendition(f"{blob.store_id}/media/{blob.id}/thumbnail.1.jpg")


async def test_media_whose_bytes_are_gone_take_the_way_of_a_deletion(scene: Scene) -> None:
    media = await scene.new_media()
    blob = await scene.blob(media)
    twin, album = await scene.new_media(blob), await scene.new_album(cover=media)

    assert await lost(scene, media)

    for each in (media, twin):
        assert (await scene.media(each)).status is MediaStatus.DELETE_REQUESTED
        assert await scene.types_told(each) == ["media.delete_requested"]
    assert (await scene.album(album)).cover == media.id, "that is for the deletion worker"
    assert await scene.delete(media.id)
    assert (await scene.album(album)).cover is None


async def test_a_protected_use_is_never_detached_the_media_is_quarantined_and_that_is_an_alarm(scene: Scene) -> None:
    media = await scene.new_media()
    album = await scene.new_album(cover=media, contract=media)

    assert await lost(scene, media)

    found = await scene.media(media)
    assert (found.status, found.quarantined_at, found.is_attachable) == (MediaStatus.READY, scene.clock.now(), False)
    assert (await scene.album(album)).contract == media.id
    assert len(await scene.usages(media)) == 2
    assert await scene.types_told(media) == ["media.quarantined"]
    assert scene.telemetry.of("object_lost") == ["media"]
    assert "media.quarantined" in scene.log.events


async def test_an_unknown_use_protects_as_well(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.smuggle(media, "zeppelin")
    assert await lost(scene, media)
    assert (await scene.media(media)).quarantined_at is not None


async def test_told_twice_it_happens_once(scene: Scene) -> None:
    media, kept = await scene.new_media(), await scene.new_media()
    await scene.new_album(contract=kept)
    for each in (media, kept):
        assert [await lost(scene, each) for _ in range(3)] == [True, False, False]
    assert await scene.types_told(media) == ["media.delete_requested"]
    assert await scene.types_told(kept) == ["media.quarantined"]


async def test_bytes_that_lie_where_an_upload_wrote_them_are_found_by_their_key(scene: Scene) -> None:
    blob = build_blob(key=direct_key(STORE, MediaId(IDS.new())), size=5)
    media, twin = await scene.new_media(blob), await scene.new_media(blob)
    await scene.new_album(contract=twin)

    assert await lost(scene, media)

    assert (await scene.media(media)).status is MediaStatus.DELETE_REQUESTED
    assert (await scene.media(twin)).quarantined_at is not None
    scene.write(blob.key)
    assert await scene.note_blob_arrival(told(blob.key, ObjectChange.CREATED))
    assert (await scene.media(twin)).is_attachable


async def test_objects_that_no_blob_names_concern_nobody(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.store.delete([media.storage_key])
    for change in ObjectChange:
        assert not await scene.note_blob_removal(told(direct_key(STORE, media.id), change))
        assert not await scene.note_blob_arrival(told(direct_key(STORE, media.id), change))
    assert (await scene.media(media)).status is MediaStatus.READY


async def test_what_lies_there_after_all_is_not_gone(scene: Scene) -> None:
    """Late, out of order, or an older version: the store is asked."""
    media = await scene.new_media()
    assert not await scene.note_blob_removal(told(media.storage_key))
    assert (await scene.media(media)).status is MediaStatus.READY


async def test_what_the_collector_removes_concerns_nobody(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)
    await scene.delete(media.id)
    assert not await lost(scene, media)
    scene.clock.advance(timedelta(days=9))
    assert await scene.collect() == 1
    assert not await scene.note_blob_removal(told(media.storage_key))


async def test_an_upload_that_is_just_writing_these_bytes_is_left_alone(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.change(media, lambda found: setattr(found, "status", MediaStatus.PENDING))
    assert not await lost(scene, media)
    assert (await scene.media(media)).status is MediaStatus.PENDING


async def test_bytes_that_come_back_end_the_quarantine(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.new_album(contract=media)
    await lost(scene, media)
    back = told(media.storage_key, ObjectChange.CREATED)

    assert not await scene.note_blob_arrival(back), "they are not there"
    scene.bucket.write(media.storage_key, b"others", content_type="image/jpeg", checksum=None)
    assert not await scene.note_blob_arrival(back), "those are not the same"
    scene.write(media.storage_key, media.checksum)
    assert await scene.note_blob_arrival(back)

    assert (await scene.media(media)).is_attachable
    assert not await scene.note_blob_arrival(back)


async def test_an_upload_of_the_same_bytes_releases_all_media_that_lack_them(scene: Scene) -> None:
    media = await scene.new_media()
    blob = await scene.blob(media)
    assert blob is not None
    twin = await scene.new_media(blob)
    for each in (media, twin):
        await scene.new_album(contract=each)
    await lost(scene, media)

    await scene.new_media(blob)
    assert await scene.release(blob.id) == 2

    assert [(await scene.media(each)).is_attachable for each in (media, twin)] == [True, True]
    assert await scene.release(blob.id) == 0


async def test_bytes_that_come_back_before_the_quarantine_end_it(scene: Scene) -> None:
    """An upload writes them after the store was asked, and looks for media in quarantine before this one is."""
    media = await scene.new_media()
    await scene.new_album(contract=media)
    await scene.store.delete([media.storage_key])

    class Refilled(MemoryObjectStore):
        async def head(self, key: str) -> StoredObject | None:
            answer = await super().head(key)
            scene.write(key, media.checksum)
            return answer

    scene.store = Refilled(scene.bucket)
    assert await scene.note_blob_removal(told(media.storage_key))
    assert (await scene.media(media)).quarantined_at is None


async def test_a_quarantine_that_was_cut_short_ends_with_the_next_delivery(scene: Scene) -> None:
    """Its bytes came back beside it, and the process died before the second look."""
    media = await scene.new_media()
    await scene.new_album(contract=media)
    await lost(scene, media)
    scene.write(media.storage_key, media.checksum)

    assert not await scene.note_blob_removal(told(media.storage_key))

    assert (await scene.media(media)).quarantined_at is None


async def test_a_rendition_that_vanishes_is_an_alarm_and_nothing_else(scene: Scene) -> None:
    media = await scene.new_media()
    key = media.renditions[0].key
    assert not await scene.note_rendition_removal(told(key)), "it is there"
    await scene.store.delete([key])

    assert [await scene.note_rendition_removal(told(key)) for _ in range(2)] == [True, False]

    assert scene.telemetry.of("object_lost") == ["rendition"]
    assert (await scene.media(media)).status is MediaStatus.READY


@pytest.mark.parametrize("goes", [True, False])
async def test_renditions_that_nobody_shows_are_no_loss(scene: Scene, goes: bool) -> None:
    media = await scene.new_media()
    key = media.renditions[0].key
    if goes:
        await scene.request_deletion(media)
    else:
        key = key.replace(".1.", ".2.")
    await scene.store.delete([key])
    assert not await scene.note_rendition_removal(told(key))
    assert scene.telemetry.of("object_lost") == []
