"""Cut short anywhere, and begun again: it ends as if nothing had happened."""

from collections import Counter
from dataclasses import replace
from itertools import count

import pytest

from domain.media.media import Media, MediaStatus
from tests.builders import build_blob
from tests.deletion.albums import Album
from tests.deletion.killing import Executioner, killed
from tests.deletion.scene import GRACE, Scene


async def in_use(scene: Scene) -> tuple[Media, list[Album]]:
    """A media that is on its way out, with a cover, a collection, and both at once."""
    media, other = await scene.new_media(), await scene.new_media()
    albums = [
        await scene.new_album(cover=media),
        await scene.new_album(pictures=[other, media]),
        await scene.new_album(cover=media, pictures=[media, other]),
    ]
    await scene.request_deletion(media)
    return media, albums


async def assert_gone(scene: Scene, media: Media, albums: list[Album]) -> None:
    """No usage left, no owner that refers to it, a tombstone, told once, its bytes condemned once."""
    assert await scene.usages(media) == []
    for album in albums:
        found = await scene.album(album)
        assert found.cover is None
        assert found.pictures == [media_id for media_id in album.pictures if media_id != media.id]
    buried, blob = await scene.media(media), await scene.blob(media)
    assert (buried.status, buried.usage_count, buried.blob_id) == (MediaStatus.DELETED, 0, None)
    assert blob is not None
    assert (blob.holders, blob.condemned_at is not None) == (0, True)
    assert not [key for key in scene.bucket.objects if str(media.id) in key]
    told = Counter(await scene.types_told(media))
    assert told == {"media.delete_requested": 1, "media.deleted": 1, "photo.deleted": 1}


def guarded(scene: Scene, executioner: Executioner) -> Scene:
    """The same database and bucket, as seen by somebody who is about to die."""
    doomed = replace(scene, begin=executioner.guard(scene.begin))
    doomed.bucket, doomed.store = scene.bucket, executioner.guard_store(scene.store)
    return doomed


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_the_deletion_worker_at_every_step(scene: Scene, before: bool) -> None:
    struck_at = []
    for step in count(1):
        executioner = Executioner(step, before=before)
        media, albums = await in_use(scene)
        doomed = guarded(scene, executioner)

        was_killed = await killed(doomed.delete(media.id))
        assert was_killed is executioner.has_struck
        struck_at.append(executioner.struck_at)
        await scene.delete(media.id)

        await assert_gone(scene, media, albums)
        if not was_killed:
            break
    assert Counter(struck_at) == {
        "find": 1,
        "entity_types_of": 1,
        "of_media": 2,
        "lock": 7,
        "apply": 4,
        "save": 6,
        "commit": 5,
        "delete": 1,
        "count": 1,
        "lock_of_deletion": 1,
        "": 1,
    }, "every call to database and store was cut before it, or after it"


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_again_and_again_at_the_same_media(scene: Scene, before: bool) -> None:
    """Every attempt gets one step further than the last one, on what it has left."""
    media, albums = await in_use(scene)
    for step in count(1):
        executioner = Executioner(step, before=before)
        doomed = guarded(scene, executioner)
        if not await killed(doomed.delete(media.id)):
            break
    await assert_gone(scene, media, albums)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_the_collector_at_every_step(scene: Scene, before: bool) -> None:
    for step in count(1):
        executioner = Executioner(step, before=before)
        media = await scene.new_media()
        await scene.request_deletion(media)
        await scene.delete(media.id)
        scene.clock.advance(2 * GRACE)
        doomed = guarded(scene, executioner)

        was_killed = await killed(doomed.collect())
        await scene.collect()

        assert (await scene.blob(media), list(scene.bucket.objects)) == (None, [])
        if not was_killed:
            break


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_bytes_that_somebody_takes_hold_of_survive_a_collector_killed_anywhere(
    scene: Scene,
    before: bool,
) -> None:
    for step in count(1):
        executioner = Executioner(step, before=before)
        media = await scene.new_media()
        gone = await scene.blob(media)
        await scene.request_deletion(media)
        await scene.delete(media.id)
        scene.clock.advance(2 * GRACE)
        doomed = guarded(scene, executioner)

        was_killed = await killed(doomed.collect())
        assert gone is not None
        again = await scene.patient_media(build_blob(checksum=gone.checksum, size=gone.size))
        scene.clock.advance(2 * GRACE)
        await scene.collect()

        blob = await scene.blob(again)
        assert blob is not None
        assert (blob.holders, blob.condemned_at) == (1, None)
        assert blob.key in scene.bucket.objects
        await scene.request_deletion(again)
        await scene.delete(again.id)
        scene.clock.advance(2 * GRACE)
        await scene.collect()
        if not was_killed:
            break
