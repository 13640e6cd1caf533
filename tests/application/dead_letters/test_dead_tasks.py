"""A task whose attempts are spent leaves a letter, in the transaction in which it dies."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from application.batches.delete_batch import DeleteBatchCommand
from application.batches.remove_asset import RemoveAssetCommand
from application.processing.sample_backlog import SampleBacklog
from domain.assets.failure import FailureCode
from domain.batches.batch import BatchStatus
from domain.dead_letters.dead_letter import LetterKind, LetterStatus
from tests.application.dead_letters.dying import ADMIN, crash, dead_batch, letters, only_letter
from tests.application.uploads import photos
from tests.application.world import PHOTOGRAPHER_PRINCIPAL, World
from tests.builders import PHOTOGRAPHER, STORE


async def test_the_last_attempt_leaves_a_letter_with_the_pointer(world: World) -> None:
    await world.open_listing()
    batch_id = await dead_batch(world)

    letter = await only_letter(world)

    (job,) = await world.jobs(batch_id)
    two = await world.asset(batch_id, "two")
    (task,) = [task for task in await world.tasks(job) if task.work.ids["asset_id"] == two.id]
    assert (letter.kind, letter.status, letter.consumer) == (LetterKind.TASK, LetterStatus.OPEN, "")
    assert (letter.task_id, letter.asset_id, letter.job_id) == (task.id, two.id, job.id)
    assert (letter.batch_id, letter.listing_id, letter.store_id) == (batch_id, world.listing.id, STORE)
    assert (letter.error_code, letter.error_detail) == (FailureCode.DECODER_CRASHED, "bad chunk 'ab?'")
    assert letter.attempts == world.retry.max_attempts
    assert letter.message.topic == "vitrine.tasks.image.v1"
    pointer = json.loads(letter.message.body)
    sent = [json.loads(message.payload) for message in world.publisher.of("vitrine.task.scheduled")]
    assert pointer.keys() == sent[0].keys()
    assert (pointer["taskId"], pointer["assetId"]) == (str(task.id), str(two.id))


async def test_the_dead_letter_topic_hears_of_it_once(world: World) -> None:
    await world.open_listing()
    await dead_batch(world)
    (message,) = world.publisher.of("vitrine.task.died")
    assert message.topic == "vitrine.tasks.image.v1.dlq"
    assert world.telemetry.of("dead_lettered") == ["vitrine.tasks.image.v1"]


async def test_what_waits_for_a_decision_is_counted(world: World) -> None:
    await world.open_listing()
    batch_id = await dead_batch(world, "one", "two", "three", dying=("one", "two"))
    sample = SampleBacklog(begin=world.begin, clock=world.clock)
    assert (await sample()).dead_letters_open == 2
    await world.retry_again(batch_id)
    assert (await sample()).dead_letters_open == 0


async def test_a_file_that_is_bad_leaves_none(world: World) -> None:
    """Its task is done: it has found out that the file is bad."""
    await world.open_listing()
    files = [photo.saying(content_type="image/png") for photo in photos("one")]
    await world.receive(files)
    await world.work_through_retries()
    assert await letters(world) == []


async def test_an_archive_that_cannot_be_written_leaves_one_of_no_file(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    for pointer in await world.pointers():
        await world.work_on_task(pointer, worker="worker")
    world.bucket.objects.pop((await world.asset(batch_id, "one")).key)
    await world.work_through_retries()

    letter = await only_letter(world)

    assert (await world.batch(batch_id)).failure_code is FailureCode.ZIP_FAILED
    assert (letter.error_code, letter.asset_id, letter.batch_id) == ("ZIP_FAILED", None, batch_id)
    assert letter.message.topic == "vitrine.tasks.archive.v1"


@pytest.mark.parametrize("kind", ["file", "archive"])
@pytest.mark.parametrize("seed", range(3))
async def test_a_worker_that_vanishes_for_the_last_time_leaves_one(
    make_world: Callable[..., World], kind: str, seed: int
) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    await world.receive(photos("one"))
    (doomed,) = await world.pointers()
    if kind == "archive":
        await world.work_on_task(doomed, worker="worker")
        (doomed,) = await world.pointers()
    for _ in range(world.retry.max_attempts):
        world.clock.advance(world.retry.longest_delay)
        assert await world.claim_task(doomed, worker="vanishing") is not None
        world.clock.advance(world.lease.duration)
        await asyncio.gather(*(world.recover_tasks() for _ in range(3)))

    letter = await only_letter(world)

    assert (letter.task_id, letter.error_code, letter.store_id) == (doomed, "TIMEOUT", STORE)
    assert letter.message.topic == f"vitrine.tasks.{'image' if kind == 'file' else 'archive'}.v1"


async def test_a_result_that_came_too_late_leaves_none(world: World) -> None:
    await world.open_listing()
    await world.receive(photos("one"))
    crash(world, "one")
    (pointer,) = await world.pointers()
    for _ in range(world.retry.max_attempts - 1):
        await world.work_on_task(pointer, worker="worker")
        world.clock.advance(world.retry.longest_delay)

    async def sleep_past_the_lease(_: bytes) -> None:
        world.clock.advance(world.lease.duration + timedelta(seconds=1))
        raise ZeroDivisionError

    world.processor.before = sleep_past_the_lease
    await world.work_on_task(pointer, worker="late")

    assert await letters(world) == []


async def test_a_retry_by_its_photographer_replays_the_letters_of_the_batch(world: World) -> None:
    await world.open_listing()
    batch_id = await dead_batch(world, "one", "two", "three", dying=("one", "two"))
    other = await dead_batch(world, reference="other")

    await world.retry_again(batch_id)

    found = [(letter.batch_id, letter.status, letter.resolved_by) for letter in await letters(world)]
    assert found == [(batch_id, "REPLAYED", PHOTOGRAPHER)] * 2 + [(other, "OPEN", None)]


async def test_a_file_that_is_taken_out_takes_its_letters_along(world: World) -> None:
    await world.open_listing()
    batch_id = await dead_batch(world, "one", "two", "three", dying=("one", "two"))
    one, two = await world.asset(batch_id, "one"), await world.asset(batch_id, "two")

    await world.remove_asset(RemoveAssetCommand(principal=ADMIN, batch_id=batch_id, asset_id=two.id))
    assert {letter.asset_id: letter.status for letter in await letters(world)} == {one.id: "OPEN", two.id: "DISCARDED"}

    await world.remove_asset(RemoveAssetCommand(principal=ADMIN, batch_id=batch_id, asset_id=one.id))
    assert (await world.batch(batch_id)).status is BatchStatus.READY
    assert {(letter.status, letter.resolved_by) for letter in await letters(world)} == {("DISCARDED", ADMIN.user_id)}


async def test_what_makes_a_batch_ready_takes_the_letter_of_its_archive_along_too(world: World) -> None:
    await world.open_listing()
    batch_id = await dead_batch(world)
    crash(world, "two")
    world.bucket.objects.pop((await world.asset(batch_id, "one")).key)
    await world.retry_again(batch_id)
    await world.work_through_retries()
    two = await world.asset(batch_id, "two")
    assert [letter.asset_id for letter in await letters(world)] == [two.id, two.id, None]

    # The ZIP of the first run holds all that remains.
    await world.remove_asset(RemoveAssetCommand(principal=ADMIN, batch_id=batch_id, asset_id=two.id))

    assert (await world.batch(batch_id)).status is BatchStatus.READY
    assert [letter.status for letter in await letters(world)] == ["REPLAYED", "DISCARDED", "DISCARDED"]


async def test_a_batch_that_is_deleted_takes_its_letters_along(world: World) -> None:
    await world.open_listing()
    batch_id = await dead_batch(world)
    await dead_batch(world, reference="other")

    await world.delete_batch(DeleteBatchCommand(principal=PHOTOGRAPHER_PRINCIPAL, batch_id=batch_id))

    assert [letter.status for letter in await letters(world)] == ["DISCARDED", "OPEN"]
