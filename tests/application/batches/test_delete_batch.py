"""Deleting hides a batch everywhere, and never one that is at work."""

from collections.abc import Callable

import pytest

from application.batches.delete_batch import DeleteBatchCommand
from application.batches.get_batch_status import BatchStatusQuery
from application.batches.list_batches import ListBatchesQuery
from application.batches.query_downloads import DownloadsQuery
from domain.batches.batch import Batch
from domain.batches.errors import BatchInFlight, BatchNotFound
from domain.batches.limits import MIB, UploadLimits
from domain.errors import NotPermitted
from domain.ids import BatchId, StoreId
from domain.principal import Principal, Role
from tests.application.uploads import photos, video
from tests.application.world import OWNER_PRINCIPAL, PHOTOGRAPHER_PRINCIPAL, World, principal
from tests.builders import IDS, PHOTOGRAPHER


async def delete(world: World, batch_id: BatchId, by: Principal = PHOTOGRAPHER_PRINCIPAL) -> None:
    await world.delete_batch(DeleteBatchCommand(principal=by, batch_id=batch_id))


async def test_it_is_hidden_everywhere_and_kept_in_history(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    await world.work()
    objects = dict(world.bucket.objects)

    await delete(world, batch_id)

    listing_id = world.listing.id
    with pytest.raises(BatchNotFound):
        await world.get_batch_status(
            BatchStatusQuery(principal=PHOTOGRAPHER_PRINCIPAL, listing_id=listing_id, batch_id=batch_id)
        )
    with pytest.raises(BatchNotFound):
        await world.query_downloads(
            DownloadsQuery(principal=PHOTOGRAPHER_PRINCIPAL, listing_id=listing_id, batch_id=batch_id)
        )
    assert await world.query_downloads(DownloadsQuery(principal=PHOTOGRAPHER_PRINCIPAL, listing_id=listing_id)) is None
    page = await world.list_batches(
        ListBatchesQuery(principal=PHOTOGRAPHER_PRINCIPAL, listing_id=listing_id, before=None, limit=10)
    )
    assert page.batches == []
    with pytest.raises(BatchNotFound):
        await delete(world, batch_id)
    assert world.database.records[Batch, batch_id].deleted_at == world.now
    assert world.bucket.objects == objects


async def test_its_reference_is_free_again(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one"))
    await delete(world, opened.batch.id)
    assert (await world.announce(photos("one"))).created


async def test_open_uploads_in_parts_are_forgotten(make_world: Callable[..., World]) -> None:
    world = make_world(limits=UploadLimits(multipart_above=6 * MIB, part_size=5 * MIB))
    await world.open_listing()
    opened = await world.announce([video(size=7 * MIB)])
    await delete(world, opened.batch.id)
    assert not world.bucket.uploads


async def test_not_while_it_is_at_work(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    with pytest.raises(BatchInFlight):
        await delete(world, batch_id)
    await world.work()
    await world.retry_again(batch_id)
    with pytest.raises(BatchInFlight):
        await delete(world, batch_id)


async def test_it_is_for_those_who_delivered_and_for_admins(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one"))
    with pytest.raises(NotPermitted):
        await delete(world, opened.batch.id, by=OWNER_PRINCIPAL)
    with pytest.raises(BatchNotFound):
        await delete(world, opened.batch.id, by=principal(PHOTOGRAPHER, Role.PHOTOGRAPHER, store=StoreId(IDS.new())))
    await delete(world, opened.batch.id, by=principal(PHOTOGRAPHER, Role.ADMIN))
