"""What is derived from a media, by the same workers and under the same leases as the files of a batch."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from adapters.imaging.processor import CONTENT_TYPES as PICTURES
from adapters.video.processor import CONTENT_TYPES as VIDEOS
from application.attachments.entity_types import EntityTypes
from application.attachments.request_deletion import RequestDeletion, RequestDeletionCommand
from application.dead_letters.replay_dead_letter import Replay, ReplayDeadLetterCommand
from application.media.media_handler import ClaimedMedia
from domain.assets.failure import FailureCode, MediaRejected
from domain.assets.rendition import IMAGE_WIDTHS, RenditionName
from domain.dead_letters.dead_letter import DeadLetter, LetterStatus
from domain.dead_letters.errors import DeadLetterNotFound, DeadLetterNotReplayable, DeadLetterResolved
from domain.errors import Unavailable
from domain.ids import MediaId, StoreId, TaskId
from domain.jobs.task import Task, TaskStatus
from domain.jobs.work import MediaWork
from domain.media.derivation import DERIVED_FROM
from domain.media.media import Media, MediaStatus
from domain.principal import Principal, Role
from tests.application.dead_letters.dying import ADMIN, only_letter
from tests.application.media.uploaded import JPEG, delete, media_now, status_of, uploaded
from tests.application.world import World, principal
from tests.builders import IDS, OWNER, STORE


async def pointer(world: World) -> TaskId:
    (found,) = await world.pointers()
    return found


async def task_now(world: World, task_id: TaskId) -> Task:
    async with world.begin() as tx:
        task = await tx.tasks.find(task_id)
    assert task is not None
    return task


async def nothing(body: bytes) -> None:
    """The processor goes on as usual."""


async def crash(body: bytes) -> None:
    raise MediaRejected(FailureCode.DECODER_CRASHED, "it ran out of memory")


async def given_up(world: World) -> tuple[Media, TaskId]:
    """Whoever decodes it dies of it, until nobody tries any more."""
    world.processor.before = crash
    media = await uploaded(world)
    task_id = await pointer(world)
    for _ in range(world.retry.max_attempts):
        await world.work_on_task(task_id, worker="worker")
        world.clock.advance(world.retry.longest_delay)
    world.processor.before = nothing
    await world.pointers()
    return media, task_id


async def replay(world: World, letter: DeadLetter, *, by: Principal = ADMIN) -> Replay:
    return await world.replay_dead_letter(ReplayDeadLetterCommand(principal=by, letter_id=letter.id))


def renditions_of(world: World, media_id: MediaId) -> set[str]:
    return {key for key in world.bucket.objects if f"/media/{media_id}/" in key}


def test_there_is_a_processor_for_whatever_something_is_derived_from() -> None:
    assert PICTURES | VIDEOS | {"application/pdf"} == DERIVED_FROM


async def test_a_picture_gets_its_renditions(world: World) -> None:
    media = await uploaded(world)
    task_id = await pointer(world)

    await world.work_on_task(task_id, worker="worker")

    ready = await media_now(world.begin, media.id)
    assert ready.status is MediaStatus.READY
    assert ready.facts is not None
    assert (ready.facts.width, ready.facts.height) == (40, 30)
    keys = {name: f"{STORE}/media/{media.id}/{name}.{task_id}-1.jpg" for name in IMAGE_WIDTHS}
    assert {rendition.name: rendition.key for rendition in ready.renditions} == keys
    assert renditions_of(world, media.id) == set(keys.values())
    task = await task_now(world, task_id)
    assert (task.status, task.work) == (TaskStatus.DONE, MediaWork(media_id=media.id, store_id=STORE))
    assert await world.pointers() == []
    assert len(world.publisher.of("media.ready")) == 1


@pytest.mark.parametrize(
    ("body", "mime_type", "topic"),
    [
        (b"%PDF-1.7", "application/pdf", "vitrine.tasks.image.v1"),
        (b"GIF89a", "image/gif", "vitrine.tasks.image.v1"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm", "vitrine.tasks.video.v1"),
    ],
)
async def test_each_type_goes_to_its_workers(world: World, body: bytes, mime_type: str, topic: str) -> None:
    media = await uploaded(world, body, mime_type)
    await world.work()
    (scheduled,) = world.publisher.of("vitrine.task.scheduled")
    assert scheduled.topic == topic
    ready = await media_now(world.begin, media.id)
    assert ready.status is MediaStatus.READY
    assert (RenditionName.MP4_720P in {each.name for each in ready.renditions}) == (mime_type == "video/webm")


@pytest.mark.parametrize("mime_type", ["image/svg+xml", "image/tiff", "text/plain", "application/octet-stream"])
async def test_nothing_is_derived_from_what_nobody_decodes(world: World, mime_type: str) -> None:
    media = await uploaded(world, b"<svg/>", mime_type)
    async with world.begin() as tx:
        assert not await world.derivative_planner.schedule(tx, media, now=world.now)
    assert await world.pointers() == []


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        (None, FailureCode.NOT_UPLOADED),
        (JPEG + b"!", FailureCode.SIZE_MISMATCH),
        (JPEG[:-1] + b"!", FailureCode.CHECKSUM_MISMATCH),
    ],
)
async def test_bytes_that_are_not_those_of_the_blob_fail_it(
    world: World, stored: bytes | None, code: FailureCode
) -> None:
    media = await uploaded(world)
    if stored is None:
        await world.store.delete([media.storage_key])
    else:
        world.bucket.write(media.storage_key, stored, content_type="image/jpeg", checksum=None)

    await world.work()

    failed = await media_now(world.begin, media.id)
    assert (failed.status, failed.failure and failed.failure.code) == (MediaStatus.FAILED, code)
    assert renditions_of(world, media.id) == set()


async def test_an_unreadable_file_fails_at_once_and_is_no_dead_letter(world: World) -> None:
    async def unreadable(body: bytes) -> None:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "the picture is damaged")

    world.processor.before = unreadable
    media = await uploaded(world)
    task_id = await pointer(world)
    await world.work_on_task(task_id, worker="worker")

    failed = await media_now(world.begin, media.id)
    assert failed.status is MediaStatus.FAILED
    assert failed.failure is not None
    assert (failed.failure.code, failed.failure.detail) == (FailureCode.UNREADABLE_MEDIA, "the picture is damaged")
    assert (await task_now(world, task_id)).status is TaskStatus.DONE
    assert world.telemetry.of("dead_lettered") == []


async def test_of_two_claims_one_gets_it(world: World) -> None:
    media = await uploaded(world)
    task_id = await pointer(world)
    first, second = [await world.claim_task(task_id, worker=f"worker-{n}") for n in (1, 2)]
    assert isinstance(first, ClaimedMedia)
    assert first.media.id == media.id
    assert second is None


async def test_a_media_on_its_way_out_asks_for_nothing_any_more(world: World) -> None:
    media = await uploaded(world)
    task_id = await pointer(world)
    await delete(world, media.id)

    assert await world.claim_task(task_id, worker="worker") is None

    assert (await task_now(world, task_id)).status is TaskStatus.DONE
    assert await status_of(world, media) is MediaStatus.DELETE_REQUESTED


async def test_what_was_made_of_a_media_that_was_deleted_meanwhile_is_thrown_away(world: World) -> None:
    media = await uploaded(world)
    task_id = await pointer(world)

    async def deleted(body: bytes) -> None:
        await delete(world, media.id)

    world.processor.before = deleted
    await world.work_on_task(task_id, worker="worker")

    gone = await media_now(world.begin, media.id)
    assert (gone.status, gone.renditions) == (MediaStatus.DELETE_REQUESTED, ())
    assert renditions_of(world, media.id) == set()
    assert (await task_now(world, task_id)).status is TaskStatus.DONE


async def test_a_store_that_is_away_then_does_not_hold_up_the_task(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = await uploaded(world)
    task_id = await pointer(world)

    async def away(keys: object) -> None:
        raise Unavailable("the store is away")

    async def deleted(body: bytes) -> None:
        await delete(world, media.id)
        monkeypatch.setattr(world.store, "delete", away)

    world.processor.before = deleted
    await world.work_on_task(task_id, worker="worker")

    assert (await task_now(world, task_id)).status is TaskStatus.DONE
    assert "media.renditions_left" in world.log.events


async def test_of_a_media_on_its_way_out_no_dead_letter_is_made(world: World) -> None:
    media = await uploaded(world)
    task_id = await pointer(world)

    async def deleted_in_the_last_attempt(body: bytes) -> None:
        if (await task_now(world, task_id)).is_last_attempt:
            await delete(world, media.id)
        await crash(body)

    world.processor.before = deleted_in_the_last_attempt
    for _ in range(world.retry.max_attempts):
        await world.work_on_task(task_id, worker="worker")
        world.clock.advance(world.retry.longest_delay)

    assert (await task_now(world, task_id)).status is TaskStatus.DONE
    assert await status_of(world, media) is MediaStatus.DELETE_REQUESTED
    async with world.begin() as tx:
        assert await tx.dead_letter_history.count_open() == 0


async def test_a_late_result_is_refused_and_collides_with_no_other(world: World) -> None:
    media = await uploaded(world)
    task_id = await pointer(world)

    async def stall(body: bytes) -> None:
        world.clock.advance(world.lease.duration)

    world.processor.before = stall
    await world.work_on_task(task_id, worker="slow")
    assert "task.lease_lost" in world.log.events
    assert await status_of(world, media) is MediaStatus.UPLOADED
    late = renditions_of(world, media.id)

    world.processor.before = nothing
    await world.recover_tasks()
    world.clock.advance(timedelta(seconds=2))
    await world.work()

    ready = await media_now(world.begin, media.id)
    assert ready.status is MediaStatus.READY
    served = {rendition.key for rendition in ready.renditions}
    assert len(late) == len(served) == len(IMAGE_WIDTHS)
    assert late.isdisjoint(served)


async def test_a_cancelled_worker_hands_it_back(world: World) -> None:
    media = await uploaded(world)
    task_id = await pointer(world)
    at_work = asyncio.Event()

    async def forever(body: bytes) -> None:
        at_work.set()
        await asyncio.Event().wait()

    world.processor.before = forever
    working = asyncio.create_task(world.work_on_task(task_id, worker="worker"))
    await at_work.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working

    task = await task_now(world, task_id)
    assert (task.status, task.attempt, task.max_attempts) == (TaskStatus.PENDING, 1, world.retry.max_attempts + 1)
    world.processor.before = nothing
    await world.work()
    assert await status_of(world, media) is MediaStatus.READY


async def test_an_outage_costs_no_attempt(world: World) -> None:
    media = await uploaded(world)

    async def away(body: bytes) -> None:
        raise Unavailable("the store is away")

    world.processor.before = away
    await world.work_through_retries()
    assert await status_of(world, media) is MediaStatus.UPLOADED
    world.processor.before = nothing
    await world.work_through_retries()
    assert await status_of(world, media) is MediaStatus.READY


async def test_workers_that_vanish_every_time_make_a_dead_letter(world: World) -> None:
    media = await uploaded(world)
    task_id = await pointer(world)
    for _ in range(world.retry.max_attempts):
        assert await world.claim_task(task_id, worker="doomed") is not None
        world.clock.advance(world.lease.duration)
        assert await world.recover_tasks() == 1
        world.clock.advance(world.retry.longest_delay)

    failed = await media_now(world.begin, media.id)
    assert (failed.status, failed.failure and failed.failure.code) == (MediaStatus.FAILED, FailureCode.TIMEOUT)
    letter = await only_letter(world)
    assert (letter.error_code, letter.status) == (FailureCode.TIMEOUT, LetterStatus.OPEN)
    assert world.telemetry.of("dead_lettered") == ["vitrine.tasks.image.v1"]


@pytest.mark.parametrize("seed", range(6))
async def test_a_sweeper_and_a_late_worker_never_both_win(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    media = await uploaded(world)
    task_id = await pointer(world)
    for _ in range(world.retry.max_attempts - 1):
        assert await world.claim_task(task_id, worker="doomed") is not None
        world.clock.advance(world.lease.duration)
        await world.recover_tasks()
        world.clock.advance(world.retry.longest_delay)

    async def stall(body: bytes) -> None:
        world.clock.advance(world.lease.duration - timedelta(microseconds=1))

    async def sweep() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        world.clock.advance(timedelta(microseconds=1))
        await world.recover_tasks()

    world.processor.before = stall
    await asyncio.gather(world.work_on_task(task_id, worker="late"), sweep())
    await world.recover_tasks()

    after = await media_now(world.begin, media.id)
    task = await task_now(world, task_id)
    expected = {TaskStatus.DONE: MediaStatus.READY, TaskStatus.DEAD: MediaStatus.FAILED}
    assert after.status is expected[task.status]
    assert bool(after.renditions) == (after.status is MediaStatus.READY)


async def test_what_was_given_up_on_is_told_with_all_that_it_was_about(world: World) -> None:
    media, task_id = await given_up(world)

    failed = await media_now(world.begin, media.id)
    assert (failed.status, failed.failure and failed.failure.code) == (MediaStatus.FAILED, FailureCode.DECODER_CRASHED)
    letter = await only_letter(world)
    assert (letter.task_id, letter.media_id, letter.store_id) == (task_id, media.id, STORE)
    assert (letter.batch_id, letter.job_id, letter.listing_id, letter.asset_id) == (None, None, None, None)
    assert letter.attempts == world.retry.max_attempts
    (died,) = world.publisher.of("vitrine.task.died")
    assert died.topic == "vitrine.tasks.image.v1.dlq"
    assert str(media.id).encode() in died.payload
    (told,) = world.publisher.of("media.failed")
    assert b"DECODER_CRASHED" in told.payload


async def test_a_replay_derives_again_by_a_task_of_its_own(world: World) -> None:
    media, task_id = await given_up(world)
    letter = await only_letter(world)

    answer = await replay(world, letter)

    assert (answer.letters, answer.job_id) == ([letter.id], None)
    after = await only_letter(world)
    assert (after.status, after.resolved_by) == (LetterStatus.REPLAYED, ADMIN.user_id)
    again = await media_now(world.begin, media.id)
    assert (again.status, again.failure) == (MediaStatus.UPLOADED, None)
    await world.work()
    ready = await media_now(world.begin, media.id)
    assert ready.status is MediaStatus.READY
    assert not any(f".{task_id}-" in rendition.key for rendition in ready.renditions)


async def test_a_replay_that_dies_again_is_another_letter(world: World) -> None:
    media, _ = await given_up(world)
    letter = await only_letter(world)
    world.processor.before = crash
    await replay(world, letter)
    await world.work_through_retries()

    assert await status_of(world, media) is MediaStatus.FAILED
    with pytest.raises(DeadLetterResolved):
        await replay(world, letter)
    async with world.begin() as tx:
        (open_one,) = await tx.dead_letters.lock_open_of_media(media.id)
    assert open_one.id != letter.id


@pytest.mark.parametrize("seed", range(6))
async def test_of_two_replays_at_once_one_counts(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await given_up(world)
    letter = await only_letter(world)

    answers = await asyncio.gather(replay(world, letter), replay(world, letter), return_exceptions=True)

    assert sorted(isinstance(answer, DeadLetterResolved) for answer in answers) == [False, True]
    assert len(await world.pointers()) == 1


async def test_a_media_that_is_going_is_not_derived_from_again(world: World) -> None:
    media, _ = await given_up(world)
    letter = await only_letter(world)
    await delete(world, media.id)

    with pytest.raises(DeadLetterNotReplayable, match="DELETE_REQUESTED"):
        await replay(world, letter)

    assert (await only_letter(world)).status is LetterStatus.OPEN
    assert await status_of(world, media) is MediaStatus.DELETE_REQUESTED


async def test_who_deletes_a_media_decides_on_its_dead_letter(world: World) -> None:
    media, _ = await given_up(world)
    request_deletion = RequestDeletion(
        begin=world.begin, entity_types=EntityTypes(()), clock=world.clock, log=world.log
    )

    await request_deletion(RequestDeletionCommand(principal=ADMIN, media_id=media.id))

    letter = await only_letter(world)
    assert (letter.status, letter.resolved_by) == (LetterStatus.DISCARDED, ADMIN.user_id)


async def test_another_stores_letter_is_not_replayed(world: World) -> None:
    await given_up(world)
    stranger = principal(OWNER, Role.ADMIN, store=StoreId(IDS.new()))
    with pytest.raises(DeadLetterNotFound):
        await replay(world, await only_letter(world), by=stranger)
