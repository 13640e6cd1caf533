"""What a batch has to offer, by signed URLs that live an hour; what it cannot offer is named, never left out."""

from collections.abc import Collection
from datetime import timedelta

import pytest

from application.batches.get_batch_status import BatchStatusQuery
from application.batches.query_downloads import OFFERED, DownloadItem, Downloads, DownloadsQuery
from domain.assets.failure import FailureCode
from domain.batches.errors import BatchNotFound, BatchNotReady
from domain.batches.media_type import MediaType
from domain.errors import NotPermitted, Rejected
from domain.ids import BatchId, ListingId, StoreId
from domain.listings.errors import ListingNotFound
from domain.principal import Principal, Role
from tests.application.batches.test_retry_batch import reject
from tests.application.uploads import photo, photos, video
from tests.application.world import OWNER_PRINCIPAL, PHOTOGRAPHER_PRINCIPAL, World, principal
from tests.builders import IDS, OWNER, PHOTOGRAPHER, build_listing

STRANGER = principal(PHOTOGRAPHER, Role.OWNER)


async def query(
    world: World,
    batch_id: BatchId | None = None,
    *,
    renditions: Collection[str] | None = None,
    by: Principal = OWNER_PRINCIPAL,
    listing_id: ListingId | None = None,
) -> Downloads | None:
    return await world.query_downloads(
        DownloadsQuery(
            principal=by, listing_id=listing_id or world.listing.id, batch_id=batch_id, renditions=renditions
        )
    )


async def found(world: World, batch_id: BatchId | None = None, renditions: Collection[str] | None = None) -> Downloads:
    downloads = await query(world, batch_id, renditions=renditions)
    assert downloads is not None
    return downloads


def item(downloads: Downloads, name: str) -> DownloadItem:
    return next(item for group in downloads.groups for item in group.items if item.asset.client_id == name)


async def ready(world: World) -> BatchId:
    await world.open_listing()
    batch_id = await world.receive([photo("b", sequence=2), video(), photo("a", sequence=1)])
    await world.work()
    return batch_id


async def test_items_come_by_type_and_sequence(world: World) -> None:
    downloads = await found(world, await ready(world))
    assert [(group.media_type, [item.asset.sequence for item in group.items]) for group in downloads.groups] == [
        (MediaType.PHOTO_VERTICAL, [1, 2]),
        (MediaType.VIDEO_HORIZONTAL, [1]),
    ]


async def test_every_url_leads_to_its_object_for_an_hour(world: World) -> None:
    downloads = await found(world, await ready(world))
    assert downloads.expires_at == world.now + timedelta(minutes=60)
    one = item(downloads, "a")
    assert set(one.urls) == {"original", "thumbnail", "small", "medium", "large"}
    assert one.url == one.urls["original"]
    assert one.preview == one.urls["medium"]
    assert downloads.archive is not None
    urls = [*one.urls.values(), downloads.archive.url]
    assert [world.http.send("GET", url).status for url in urls] == [200] * 6
    world.clock.advance(timedelta(minutes=61))
    assert [world.http.send("GET", url).status for url in urls] == [403] * 6


async def test_a_video_offers_mp4_and_hls(world: World) -> None:
    film = item(await found(world, await ready(world)), "film")
    assert set(film.urls) == {"original", "thumbnail", "small", "medium", "large", "mp4-720p", "hls"}
    assert film.url == film.urls["mp4-720p"]
    assert film.urls["hls"].startswith(f"https://vitrine.example/playlists/{film.asset.id}/hls?")


async def test_renditions_can_be_picked(world: World) -> None:
    batch_id = await ready(world)
    downloads = await found(world, batch_id, renditions=["small", "hls"])
    assert set(item(downloads, "a").urls) == {"small"}
    assert set(item(downloads, "film").urls) == {"small", "hls"}
    assert item(downloads, "a").preview is not None
    whole = await found(world, batch_id)
    for name in ("a", "film"):
        assert item(downloads, name).url == item(whole, name).url
    with pytest.raises(Rejected) as refused:
        await query(world, batch_id, renditions=["small", "giant", "hls-720p-media"])
    assert [violation.pointer for violation in refused.value.violations] == ["/renditions/1", "/renditions/2"]


@pytest.mark.parametrize("name", OFFERED)
async def test_each_rendition_by_itself(world: World, name: str) -> None:
    downloads = await found(world, await ready(world), renditions=[name])
    for group in downloads.groups:
        for one in group.items:
            assert set(one.urls) <= {name}


async def test_what_failed_is_listed_with_its_reason(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))
    reject(world, "two")
    await world.work()

    downloads = await found(world, batch_id)

    two = item(downloads, "two")
    assert (two.url, two.preview, two.urls) == (None, None, {})
    assert two.failure is not None
    assert two.failure.code is FailureCode.UNREADABLE_MEDIA
    assert item(downloads, "one").failure is None


async def test_the_newest_ready_batch_is_the_default(world: World) -> None:
    await world.open_listing()
    assert await query(world) is None
    first = await world.receive(photos("one"), reference="first")
    bad = await world.receive(photos("bad"), reference="bad")
    announced = await world.announce(photos("new"), reference="announced")
    reject(world, "bad")
    await world.work()
    assert (await found(world)).batch.id == first
    assert (await found(world, bad)).batch.id == bad
    with pytest.raises(BatchNotReady):
        await query(world, announced.batch.id)


@pytest.mark.parametrize("claimed", [False, True])
async def test_before_the_first_run_has_ended_there_is_nothing(world: World, *, claimed: bool) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    if claimed:
        for pointer in await world.pointers():
            await world.work_on_task(pointer, worker="worker")
    with pytest.raises(BatchNotReady):
        await query(world, batch_id)


async def test_who_may_look(world: World) -> None:
    batch_id = await ready(world)
    for viewer in (PHOTOGRAPHER_PRINCIPAL, OWNER_PRINCIPAL, principal(OWNER, Role.ADMIN)):
        assert await query(world, batch_id, by=viewer) is not None
    for named in (batch_id, None):
        with pytest.raises(NotPermitted):
            await query(world, named, by=STRANGER)
        with pytest.raises(ListingNotFound):
            await query(world, named, by=principal(OWNER, Role.ADMIN, store=StoreId(IDS.new())))


async def test_a_batch_of_another_listing_does_not_exist(world: World) -> None:
    batch_id = await ready(world)
    other = await world.open_listing(build_listing())
    with pytest.raises(BatchNotFound):
        await query(world, batch_id, listing_id=other.id)


async def test_the_status_names_what_a_query_would_find(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive([*photos("one"), video()])
    status = BatchStatusQuery(principal=OWNER_PRINCIPAL, listing_id=world.listing.id, batch_id=batch_id)
    assert (await world.get_batch_status(status)).available_downloads == []
    reject(world, "film")
    await world.work()
    report = await world.get_batch_status(status)
    assert report.available_downloads == ["ZIP_FULL", "PHOTO_VERTICAL"]
    assert report.job is not None
    assert len(report.steps) == 5
