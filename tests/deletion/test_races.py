"""Several at the same media, or at the same bytes, at once."""

import asyncio
from collections import Counter
from random import Random

import pytest

from domain.errors import Conflict
from domain.media.media import MediaStatus
from tests.application.interleaving import Interleaved
from tests.builders import build_blob
from tests.deletion.albums import Album
from tests.deletion.scene import GRACE, Scene


@pytest.fixture(autouse=True, params=range(5))
def interleaved(request: pytest.FixtureRequest, scene: Scene) -> None:
    """Every call to the database gives way to the others for a while, differently in each round."""
    scene.begin = Interleaved(scene.begin, Random(request.param))


async def test_two_workers_at_the_same_media(scene: Scene) -> None:
    media = await scene.new_media()
    albums = [await scene.new_album(cover=media, pictures=[media]) for _ in range(6)]
    await scene.request_deletion(media)

    buried = await asyncio.gather(*(scene.delete(media.id) for _ in range(3)))

    assert sorted(buried) == [False, False, True]
    assert [(found.cover, found.pictures) for found in [await scene.album(album) for album in albums]] == [
        (None, [])
    ] * 6
    blob, found = await scene.blob(media), await scene.media(media)
    assert blob is not None
    assert (found.status, found.usage_count, blob.holders) == (MediaStatus.DELETED, 0, 0)
    assert Counter(await scene.types_told(media))["media.deleted"] == 1


async def test_deliveries_twice_and_shuffled(scene: Scene) -> None:
    media = [await scene.new_media() for _ in range(4)]
    albums = [await scene.new_album(cover=media[0], pictures=media), await scene.new_album(pictures=media[::-1])]
    for each in media:
        await scene.request_deletion(each)
    deliveries = media * 3
    Random(len(deliveries)).shuffle(deliveries)

    await asyncio.gather(*(scene.delete(each.id) for each in deliveries))

    assert [(found.cover, found.pictures) for found in [await scene.album(album) for album in albums]] == [
        (None, [])
    ] * 2
    for each in media:
        assert (await scene.media(each)).status is MediaStatus.DELETED
        assert Counter(await scene.types_told(each))["media.deleted"] == 1


async def test_attaching_and_deleting_at_once_never_leaves_a_reference_to_a_tombstone(scene: Scene) -> None:
    media = await scene.new_media()
    albums = [Album(id=scene.ids.new(), cover=media.id) for _ in range(20)]

    async def attach(album: Album) -> bool:
        try:
            await scene.keep(album)
        except Conflict:
            return False
        return True

    async def delete() -> None:
        await scene.request_deletion(media)
        await scene.delete(media.id)

    *attached, _ = await asyncio.gather(*(attach(album) for album in albums), delete())

    assert (await scene.media(media)).status is MediaStatus.DELETED
    assert await scene.usages(media) == []
    for album, there in zip(albums, attached, strict=True):
        if there:
            assert (await scene.album(album)).cover is None


async def test_the_collector_and_an_upload_of_the_same_bytes(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)
    await scene.delete(media.id)
    scene.clock.advance(2 * GRACE)
    assert media.checksum is not None

    _, again, _ = await asyncio.gather(
        scene.collect(), scene.patient_media(build_blob(checksum=media.checksum, size=media.size)), scene.collect()
    )

    blob = await scene.blob(again)
    assert blob is not None
    assert (blob.holders, blob.condemned_at, (await scene.media(again)).blob_id) == (1, None, blob.id)
    assert blob.key in scene.bucket.objects
