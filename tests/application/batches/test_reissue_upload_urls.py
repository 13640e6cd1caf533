"""URLs die young: fresh ones for what has not arrived, and for that alone."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from application.batches.reissue_upload_urls import ReissuedUrls, ReissueUploadUrlsCommand
from domain.batches.errors import BatchAlreadyReceived, BatchNotFound, UploadExpired
from domain.batches.limits import MIB, UploadLimits
from domain.errors import NotPermitted, Rejected
from domain.ids import BatchId
from domain.principal import Principal
from tests.application.uploads import photos, video
from tests.application.world import OWNER_PRINCIPAL, PHOTOGRAPHER_PRINCIPAL, World
from tests.builders import IDS, build_listing


async def reissue(
    world: World,
    batch_id: BatchId,
    client_ids: Sequence[str] | None = None,
    by: Principal = PHOTOGRAPHER_PRINCIPAL,
) -> ReissuedUrls:
    return await world.reissue_upload_urls(
        ReissueUploadUrlsCommand(principal=by, listing_id=world.listing.id, batch_id=batch_id, client_ids=client_ids)
    )


async def test_what_has_arrived_gets_no_url(world: World) -> None:
    await world.open_listing()
    files = photos("one", "two")
    opened = await world.announce(files)
    world.upload(opened.tickets[:1], files)
    world.clock.advance(timedelta(minutes=20))

    fresh = await reissue(world, opened.batch.id)

    assert [asset.client_id for asset in fresh.uploaded] == ["one"]
    assert [ticket.asset.client_id for ticket in fresh.tickets] == ["two"]
    world.upload(fresh.tickets, files)
    await world.complete(opened.batch.id)


async def test_files_can_be_picked_and_must_be_known(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one", "two"))
    fresh = await reissue(world, opened.batch.id, ["two"])
    assert [ticket.asset.client_id for ticket in fresh.tickets] == ["two"]
    with pytest.raises(Rejected) as refused:
        await reissue(world, opened.batch.id, ["three", "two", "four"])
    assert [violation.pointer for violation in refused.value.violations] == ["/clientIds/0", "/clientIds/2"]


async def test_of_an_upload_in_parts_only_the_missing_ones_are_signed(make_world: Callable[..., World]) -> None:
    world = make_world(limits=UploadLimits(multipart_above=6 * MIB, part_size=5 * MIB))
    await world.open_listing()
    film = video(size=11 * MIB)
    opened = await world.announce([film])
    before = opened.tickets[0].multipart
    assert before is not None
    world.http.put(before.parts[1].upload, film.body[5 * MIB : 10 * MIB])

    in_parts = (await reissue(world, opened.batch.id)).tickets[0].multipart

    assert in_parts is not None
    assert in_parts.upload_id == before.upload_id
    assert [part.number for part in in_parts.parts] == [1, 3]
    assert [part.number for part in in_parts.arrived] == [2]


async def test_a_wrong_object_in_its_place_is_no_upload(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one"))
    asset = opened.tickets[0].asset
    world.bucket.write(asset.key, b"something else", content_type="image/jpeg", checksum=None)
    assert [ticket.asset.id for ticket in (await reissue(world, opened.batch.id)).tickets] == [asset.id]


async def test_once_received_there_is_nothing_to_upload(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    with pytest.raises(BatchAlreadyReceived):
        await reissue(world, batch_id)


@pytest.mark.parametrize("swept", [False, True])
async def test_after_its_time_there_is_nothing_to_upload(world: World, *, swept: bool) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one"))
    world.clock.advance(timedelta(hours=24))
    if swept:
        await world.expire_uploads()
    with pytest.raises(UploadExpired):
        await reissue(world, opened.batch.id)


async def test_it_is_for_those_who_deliver(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one"))
    with pytest.raises(NotPermitted):
        await reissue(world, opened.batch.id, by=OWNER_PRINCIPAL)
    with pytest.raises(BatchNotFound):
        await reissue(world, BatchId(IDS.new()))


async def test_a_batch_of_another_listing_does_not_exist(world: World) -> None:
    await world.open_listing()
    other = await world.open_listing(build_listing())
    opened = await world.announce(photos("one"), listing_id=other.id)
    with pytest.raises(BatchNotFound):
        await reissue(world, opened.batch.id)
