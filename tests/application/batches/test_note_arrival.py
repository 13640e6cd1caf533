"""An upload is seen to arrive before its client says so; that is all."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.assets.asset import AssetStatus
from domain.batches.batch import BatchStatus
from tests.application.batches.told import created
from tests.application.uploads import photos, video
from tests.application.world import PHOTOGRAPHER_PRINCIPAL, World
from tests.builders import IDS, NOW

SECOND = timedelta(seconds=1)


async def test_an_arrival_is_noted_once(world: World) -> None:
    await world.open_listing()
    batch_id = (await world.announce(photos("one", "two"))).batch.id
    one, two = await world.assets(batch_id)

    assert await world.note_arrival(created(one.key, at=NOW - SECOND))
    assert not await world.note_arrival(created(one.key))

    assert [asset.arrived_at for asset in await world.assets(batch_id)] == [NOW - SECOND, None]
    assert (await world.asset(batch_id, "one")).status is AssetStatus.PENDING_UPLOAD
    assert two == await world.asset(batch_id, "two")


async def test_a_store_that_gives_no_time_or_a_wrong_one(world: World) -> None:
    await world.open_listing()
    batch_id = (await world.announce(photos("one", "two"))).batch.id
    one, two = await world.assets(batch_id)

    await world.note_arrival(created(one.key, at=None))
    await world.note_arrival(created(two.key, at=NOW + timedelta(days=9)))

    assert [asset.arrived_at for asset in await world.assets(batch_id)] == [NOW, NOW]


async def test_objects_of_nobody_are_nobodys_news(world: World) -> None:
    await world.open_listing()
    [asset] = await world.assets((await world.announce(photos("one"))).batch.id)
    strange = [
        asset.key.replace(str(asset.id), str(IDS.new())),
        asset.key.replace("one", "two"),
        asset.key.replace(str(asset.listing_id), str(IDS.new())),
        asset.key.replace("/raw/", "/processed/"),
        f"x{asset.key}",
        "",
    ]
    for key in strange:
        assert not await world.note_arrival(created(key))
    assert (await world.assets(asset.batch_id)) == [asset]


async def test_what_was_received_is_not_news_any_more(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    before = await world.assets(batch_id)

    for asset in before:
        assert not await world.note_arrival(created(asset.key))

    assert await world.assets(batch_id) == before


async def test_a_batch_that_was_deleted_or_has_expired_takes_nothing(world: World) -> None:
    await world.open_listing()
    batch_id = (await world.announce(photos("one"))).batch.id
    [asset] = await world.assets(batch_id)
    world.clock.advance(timedelta(hours=25))
    await world.expire_uploads()

    assert not await world.note_arrival(created(asset.key))
    assert (await world.batch(batch_id)).status is BatchStatus.FAILED


@pytest.mark.parametrize("seed", range(8))
async def test_completing_meanwhile_is_not_disturbed(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    files = [*photos("one", "two"), video()]
    opened = await world.announce(files)
    world.upload(opened.tickets, files)
    assets = await world.assets(opened.batch.id)

    await asyncio.gather(
        world.complete(opened.batch.id, by=PHOTOGRAPHER_PRINCIPAL),
        *(world.note_arrival(created(asset.key)) for asset in assets),
    )

    assert (await world.batch(opened.batch.id)).status is BatchStatus.RECEIVED
    assert {asset.status for asset in await world.assets(opened.batch.id)} == {AssetStatus.RECEIVED}
