"""Taking a bad file out makes the rest READY, when the rest is whole."""

import pytest

from application.batches.remove_asset import RemoveAssetCommand
from domain.assets.errors import AssetNotFound, AssetNotRemovable
from domain.batches.batch import Batch, BatchStatus
from domain.batches.errors import BatchInFlight, BatchNotFound
from domain.errors import NotPermitted
from domain.ids import AssetId, BatchId, StoreId
from domain.listings.listing import ListingStatus
from domain.principal import Principal, Role
from tests.application.batches.test_retry_batch import packed, reject
from tests.application.uploads import photos
from tests.application.world import OWNER_PRINCIPAL, PHOTOGRAPHER_PRINCIPAL, World, principal
from tests.builders import IDS, PHOTOGRAPHER


async def remove(world: World, batch_id: BatchId, name: str, by: Principal = PHOTOGRAPHER_PRINCIPAL) -> Batch:
    asset = await world.asset(batch_id, name)
    return await world.remove_asset(RemoveAssetCommand(principal=by, batch_id=batch_id, asset_id=asset.id))


async def test_the_rest_becomes_ready_and_the_listing_goes_on(world: World) -> None:
    await world.open_listing()
    files = photos("one", "two")
    batch_id = await world.receive(files)
    reject(world, "two")
    await world.work()

    await remove(world, batch_id, "two")

    batch = await world.batch(batch_id)
    assert (batch.status, batch.failure_code) == (BatchStatus.READY, None)
    assert (batch.file_count, batch.total_bytes) == (1, len(files[0].body))
    assert [asset.client_id for asset in await world.assets(batch_id)] == ["one"]
    assert (await world.current_listing()).status is ListingStatus.PENDING_OWNER_APPROVAL
    await world.pointers()
    assert len(world.publisher.of("vitrine.batch.ready")) == 1


async def test_not_while_another_file_is_bad(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two", "three"))
    reject(world, "one", "two")
    await world.work()
    assert (await remove(world, batch_id, "one")).status is BatchStatus.FAILED
    assert (await remove(world, batch_id, "two")).status is BatchStatus.READY


async def test_not_without_an_archive_of_all_that_remains(world: World) -> None:
    """`two` was mended by a retry whose archive failed, so the archive at hand has only `three`."""
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two", "three"))
    reject(world, "one", "two")
    await world.work()
    reject(world, "one")
    await world.retry_again(batch_id)
    for pointer in await world.pointers():
        await world.work_on_task(pointer, worker="worker")
    original = await world.asset(batch_id, "three")
    lost = world.bucket.objects.pop(original.key)
    await world.work_through_retries()
    world.bucket.objects[original.key] = lost

    assert (await remove(world, batch_id, "one")).status is BatchStatus.FAILED

    await world.retry_again(batch_id)
    await world.work()
    batch = await world.batch(batch_id)
    assert batch.status is BatchStatus.READY
    assert batch.archive is not None
    assert packed(world, batch.archive.key) == ["two.jpg", "three.jpg"]


async def test_only_failed_files_and_never_the_last(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    reject(world, "two")
    await world.work()
    with pytest.raises(AssetNotRemovable):
        await remove(world, batch_id, "one")
    lonely = await world.receive(photos("two"), reference="lonely")
    await world.work()
    with pytest.raises(AssetNotRemovable):
        await remove(world, lonely, "two")


async def test_not_while_the_batch_is_at_work_or_ready_or_was_never_uploaded(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one", "two"), reference="never uploaded")
    batch_id = await world.receive()
    with pytest.raises(BatchInFlight):
        await remove(world, batch_id, "one")
    await world.work()
    with pytest.raises(AssetNotRemovable):
        await remove(world, batch_id, "one")
    world.clock.advance(world.limits.upload_window)
    await world.expire_uploads()
    with pytest.raises(AssetNotRemovable):
        await remove(world, opened.batch.id, "one")


async def test_it_is_for_those_who_delivered(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    reject(world, "two")
    await world.work()
    with pytest.raises(NotPermitted):
        await remove(world, batch_id, "two", by=OWNER_PRINCIPAL)
    with pytest.raises(BatchNotFound):
        await remove(world, batch_id, "two", by=principal(PHOTOGRAPHER, Role.ADMIN, store=StoreId(IDS.new())))
    with pytest.raises(AssetNotFound):
        await world.remove_asset(
            RemoveAssetCommand(principal=PHOTOGRAPHER_PRINCIPAL, batch_id=batch_id, asset_id=AssetId(IDS.new()))
        )
