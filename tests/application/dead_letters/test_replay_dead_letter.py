"""What was given up on is tried again, once."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from application.batches.delete_batch import DeleteBatchCommand
from application.dead_letters.replay_dead_letter import Replay, ReplayDeadLetterCommand
from application.events.cloud_events import NotACloudEvent, to_headers
from application.ports.messaging import Delivery
from domain.assets.asset import AssetStatus
from domain.batches.batch import BatchStatus
from domain.batches.errors import BatchInFlight
from domain.dead_letters.dead_letter import DeadLetter, LetterStatus
from domain.dead_letters.errors import DeadLetterNotFound, DeadLetterNotReplayable, DeadLetterResolved
from domain.errors import NotPermitted
from domain.ids import DeadLetterId, StoreId
from domain.principal import Principal, Role
from tests.application.dead_letters.dying import ADMIN, OPERATOR, crash, dead_batch, delivery, letters, only_letter
from tests.application.uploads import photos
from tests.application.world import PHOTOGRAPHER_PRINCIPAL, World, principal
from tests.builders import IDS, OWNER, build_dead_letter, build_task_letter

BAD = NotACloudEvent("the body is not JSON")


async def replay(world: World, letter: DeadLetter, *, by: Principal = ADMIN) -> Replay:
    return await world.replay_dead_letter(ReplayDeadLetterCommand(principal=by, letter_id=letter.id))


async def rejected(world: World, **changes: Any) -> tuple[Delivery, DeadLetter]:
    arrived = delivery(**changes)
    await world.reject_message(arrived, consumer="vitrine.listings", error=BAD, attempts=1)
    letter = (await letters(world))[-1]
    await world.relay_outbox()
    world.publisher.messages.clear()
    return arrived, letter


async def stored(world: World, letter: DeadLetter) -> DeadLetter:
    async with world.begin() as tx:
        await tx.dead_letters.add(letter)
        await tx.commit()
    return letter


async def test_a_dead_task_is_replayed_by_a_new_run_over_the_failed_files(world: World) -> None:
    await world.open_listing()
    batch_id = await dead_batch(world)
    letter = await only_letter(world)
    world.telemetry.told.clear()

    answer = await replay(world, letter)

    (_, job) = await world.jobs(batch_id)
    assert (answer.job_id, answer.letters) == (job.id, [letter.id])
    assert (job.attempt, job.total) == (2, 1)
    assert world.telemetry.of("reprocess_requested") == [None]
    after = await only_letter(world)
    assert (after.status, after.resolved_by, after.resolved_at) == (LetterStatus.REPLAYED, ADMIN.user_id, world.now)
    await world.work()
    assert (await world.batch(batch_id)).status is BatchStatus.READY
    assert {asset.status for asset in await world.assets(batch_id)} == {AssetStatus.PROCESSED}


async def test_one_letter_of_a_batch_replays_them_all(world: World) -> None:
    await world.open_listing()
    batch_id = await dead_batch(world, "one", "two", "three", dying=("one", "two"))
    first, second = await letters(world)

    answer = await replay(world, second)

    assert list(answer.letters) == [first.id, second.id]
    assert [letter.status for letter in await letters(world)] == ["REPLAYED", "REPLAYED"]
    with pytest.raises(DeadLetterResolved, match="REPLAYED"):
        await replay(world, first)
    assert len(await world.jobs(batch_id)) == 2


async def test_a_file_that_dies_again_leaves_another_letter(world: World) -> None:
    await world.open_listing()
    batch_id = await dead_batch(world)
    crash(world, "two")
    await replay(world, await only_letter(world))
    await world.work_through_retries()

    assert (await world.batch(batch_id)).status is BatchStatus.FAILED
    assert [letter.status for letter in await letters(world)] == ["REPLAYED", "OPEN"]


async def test_while_the_batch_is_at_work_it_has_to_wait(world: World) -> None:
    await world.open_listing()
    crash(world, "two")
    batch_id = await world.receive(photos("one", "two"))
    _, doomed = await world.pointers()
    for _ in range(world.retry.max_attempts):
        await world.work_on_task(doomed, worker="worker")
        world.clock.advance(world.retry.longest_delay)
    letter = await only_letter(world)

    with pytest.raises(BatchInFlight, match="wait until it is READY or FAILED"):
        await replay(world, letter)

    assert (await only_letter(world)).status is LetterStatus.OPEN
    assert len(await world.jobs(batch_id)) == 1


async def test_of_a_batch_that_is_ready_or_gone_there_is_nothing_to_replay(world: World) -> None:
    await world.open_listing()
    ready, gone = await world.receive(reference="ready"), await world.receive(reference="gone")
    await world.work()
    # Letters that a retry or a removal would have resolved long ago.
    late = await stored(world, build_task_letter(await world.batch(ready)))
    lost = await stored(world, build_task_letter(await world.batch(gone)))
    command = DeleteBatchCommand(principal=PHOTOGRAPHER_PRINCIPAL, batch_id=gone)
    await world.delete_batch(command)
    async with world.begin() as tx:
        found = await tx.dead_letters.lock(lost.id)
        assert found is not None
        found.status, found.resolved_at, found.resolved_by = LetterStatus.OPEN, None, None
        await tx.dead_letters.save([found])
        await tx.commit()

    with pytest.raises(DeadLetterNotReplayable, match="its batch is READY; discard it"):
        await replay(world, late)
    with pytest.raises(DeadLetterNotReplayable, match="its batch was deleted; discard it"):
        await replay(world, lost)


async def test_a_message_goes_to_its_topic_again_as_it_came(world: World) -> None:
    arrived, letter = await rejected(world)

    answer = await replay(world, letter, by=OPERATOR)

    assert (answer.letters, answer.job_id) == ([letter.id], None)
    await world.relay_outbox()
    (message,) = world.publisher.messages
    assert (message.topic, message.key, message.payload) == (arrived.topic, "listing-7", arrived.body)
    # Its own `ce_id`, and nothing of ours: a consumer that has applied it knows it again.
    assert to_headers(message) == {name: value.decode() for name, value in arrived.headers.items()}
    assert world.telemetry.of("reprocess_requested") == []


@pytest.mark.parametrize(
    "headers", [{}, {"content-type": b"application/cloudevents+json"}, {"x-amz": b"1", "content-type": b"text/plain"}]
)
async def test_what_was_no_cloud_event_is_made_none(world: World, headers: dict[str, bytes]) -> None:
    _, letter = await rejected(world, headers=headers, key=None)

    await replay(world, letter, by=OPERATOR)
    await world.relay_outbox()

    (message,) = world.publisher.messages
    assert to_headers(message) == {name: value.decode() for name, value in headers.items()}
    assert message.key == str(letter.id)


async def test_a_replayed_message_that_is_refused_again_leaves_another_letter(world: World) -> None:
    arrived, letter = await rejected(world)
    await replay(world, letter, by=OPERATOR)

    again = delivery(headers=arrived.headers, body=arrived.body, place="3/999")
    assert await world.reject_message(again, consumer="vitrine.listings", error=BAD, attempts=1)

    assert [letter.status for letter in await letters(world)] == ["REPLAYED", "OPEN"]


async def test_what_was_too_large_to_be_kept_is_not_replayed(world: World) -> None:
    _, letter = await rejected(world, body=bytes(2 << 20))
    with pytest.raises(DeadLetterNotReplayable, match="too large"):
        await replay(world, letter, by=OPERATOR)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", ["task", "message"])
async def test_of_many_replays_at_once_one_succeeds(make_world: Callable[..., World], kind: str, seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    if kind == "task":
        await dead_batch(world)
    else:
        await rejected(world)
    letter = await only_letter(world)
    published = len(world.publisher.messages)

    outcomes = await asyncio.gather(*(replay(world, letter, by=OPERATOR) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(outcome, Replay) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DeadLetterResolved) for outcome in outcomes) == 4
    while await world.relay_outbox():
        pass
    again = [message for message in world.publisher.messages[published:] if message.type != "vitrine.batch.retried"]
    assert len([message for message in again if message.type in {"", "vitrine.job.requested"}]) == 1


@pytest.mark.parametrize("seed", range(5))
async def test_a_replay_and_a_retry_at_once_make_one_run(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    batch_id = await dead_batch(world)
    letter = await only_letter(world)

    await asyncio.gather(replay(world, letter), world.retry_again(batch_id), return_exceptions=True)

    assert len(await world.jobs(batch_id)) == 2
    assert (await only_letter(world)).status is LetterStatus.REPLAYED


async def test_it_is_for_admins_who_may_see_it(world: World) -> None:
    await world.open_listing()
    await dead_batch(world)
    letter = await only_letter(world)
    stray = await stored(world, build_dead_letter())

    for who in (PHOTOGRAPHER_PRINCIPAL, principal(OWNER, Role.SERVICE), principal(OWNER, Role.OWNER)):
        with pytest.raises(NotPermitted):
            await replay(world, letter, by=who)
    stranger = principal(OWNER, Role.ADMIN, Role.SERVICE, store=StoreId(IDS.new()))
    for who, hidden in ((stranger, letter), (ADMIN, stray)):
        with pytest.raises(DeadLetterNotFound):
            await replay(world, hidden, by=who)
    command = ReplayDeadLetterCommand(principal=OPERATOR, letter_id=DeadLetterId(IDS.new()))
    with pytest.raises(DeadLetterNotFound):
        await world.replay_dead_letter(command)
    assert {found.status for found in await letters(world)} == {"OPEN"}
