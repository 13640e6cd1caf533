"""A listing goes on to its owner when photos are READY and nothing of it is in flight."""

import asyncio
from collections.abc import Callable

import pytest

from application.batches.delete_batch import DeleteBatchCommand
from domain.assets.failure import FailureCode, MediaRejected
from domain.ids import BatchId
from domain.listings.listing import ListingKind, ListingStatus
from tests.application.uploads import document, photos
from tests.application.world import OWNER_PRINCIPAL, PHOTOGRAPHER_PRINCIPAL, World
from tests.builders import build_listing


async def status(world: World) -> ListingStatus:
    return (await world.current_listing()).status


async def two_batches(world: World) -> tuple[BatchId, BatchId]:
    await world.open_listing()
    first = await world.receive(photos("one"), reference="first")
    second = await world.receive(photos("two"), reference="second")
    return first, second


async def test_not_while_a_sibling_is_in_flight(world: World) -> None:
    await world.open_listing()
    await world.receive(photos("one"), reference="first")
    first_task = await world.pointers()
    await world.receive(photos("two"), reference="second")
    second_task = await world.pointers()
    for pointer in first_task:
        await world.work_on_task(pointer, worker="worker")
    for pointer in await world.pointers():
        await world.work_on_task(pointer, worker="worker")
    assert await status(world) is ListingStatus.PENDING_PHOTO_PROCESSING
    for pointer in second_task:
        await world.work_on_task(pointer, worker="worker")
    await world.work()
    assert await status(world) is ListingStatus.PENDING_OWNER_APPROVAL
    assert len(world.publisher.of("vitrine.listing.awaits-approval")) == 1


@pytest.mark.parametrize("seed", range(10))
async def test_of_two_batches_that_end_at_once_the_later_moves_it(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await two_batches(world)
    for pointer in await world.pointers():
        await world.work_on_task(pointer, worker="worker")
    archives = await world.pointers()
    assert len(archives) == 2
    await asyncio.gather(*[world.work_on_task(pointer, worker=str(pointer)) for pointer in archives])
    await world.pointers()
    assert await status(world) is ListingStatus.PENDING_OWNER_APPROVAL
    assert len(world.publisher.of("vitrine.listing.awaits-approval")) == 1


async def test_an_upload_that_has_not_been_completed_holds_nothing_up(world: World) -> None:
    await world.open_listing()
    await world.announce(photos("two"), reference="announced only")
    await world.receive(photos("one"))
    await world.work()
    assert await status(world) is ListingStatus.PENDING_OWNER_APPROVAL


async def test_a_failure_leaves_it_where_it_is_until_a_retry_mends_it(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))

    async def reject(body: bytes) -> None:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "the test says so")

    usual, world.processor.before = world.processor.before, reject
    await world.work()
    assert await status(world) is ListingStatus.PENDING_PHOTO_PROCESSING
    world.processor.before = usual
    await world.retry_again(batch_id)
    await world.work()
    assert await status(world) is ListingStatus.PENDING_OWNER_APPROVAL


async def test_project_documents_move_nothing(world: World) -> None:
    await world.open_listing(build_listing(id=world.listing.id, kind=ListingKind.DEVELOPMENT))
    await world.receive([document()], by=OWNER_PRINCIPAL)
    await world.work()
    assert await status(world) is ListingStatus.PENDING_PHOTO_PROCESSING


async def test_a_listing_that_the_owner_has_seen_is_not_moved_again(world: World) -> None:
    await world.open_listing(build_listing(id=world.listing.id, status=ListingStatus.REJECTED_BY_OWNER))
    await world.receive(photos("one"))
    await world.work()
    assert await status(world) is ListingStatus.REJECTED_BY_OWNER


async def test_deleting_a_failed_sibling_lets_a_ready_batch_through(world: World) -> None:
    await world.open_listing()
    failing = await world.receive(photos("bad"), reference="failing")
    ready = await world.receive(photos("good"), reference="good")

    async def reject_bad(body: bytes) -> None:
        if b"bad" in body:
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "the test says so")

    world.processor.before = reject_bad
    good, bad = [], []
    for pointer in await world.pointers():
        async with world.begin() as tx:
            task = await tx.tasks.find(pointer)
        (good if task is not None and task.work.ids["batch_id"] == ready else bad).append(pointer)
    for pointer in [*good, *(await world.pointers())]:
        await world.work_on_task(pointer, worker="worker")
    for pointer in [*await world.pointers(), *bad]:
        await world.work_on_task(pointer, worker="worker")
    await world.work()
    assert await status(world) is ListingStatus.PENDING_PHOTO_PROCESSING, "a failure leaves it where it is"

    await world.delete_batch(DeleteBatchCommand(principal=PHOTOGRAPHER_PRINCIPAL, batch_id=failing))

    assert await status(world) is ListingStatus.PENDING_OWNER_APPROVAL
