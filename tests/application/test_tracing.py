"""One trace from the request to the finalize, whatever happens on the way."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from application.ports.tracing import SpanKind
from domain.batches.batch import BatchStatus
from domain.errors import Unavailable
from domain.ids import BatchId, TaskId
from domain.jobs.job import Provider
from domain.jobs.task import TaskKind
from tests.application.uploads import ClientFile, photo, photos, video
from tests.application.use_cases import PATIENCE
from tests.application.world import World
from tests.spans import RecordedTracing, SeenSpan, ancestry, ids_in, named

REQUEST = "POST complete"
IMAGE, VIDEO, ARCHIVE = ([f"process {kind}"] for kind in ("image", "video", "archive"))


class Traced:
    """A World in which batches are completed within a request, and messages bring along what they were written with.

    `taken` counts the pointers that were delivered.
    """

    def __init__(self, folder: Path, **options: object) -> None:
        self.tracing = RecordedTracing()
        self.world = World(folder, tracing=self.tracing, **options)  # type: ignore[arg-type]
        self.taken = 0

    async def receive(self, *files: ClientFile) -> BatchId:
        await self.world.open_listing()
        opened = await self.world.announce(files)
        self.world.upload(opened.tickets, files)
        with self.tracing.span(REQUEST, kind=SpanKind.SERVER):
            await self.world.complete(opened.batch.id)
        return opened.batch.id

    async def deliver(self) -> bool:
        """Publish what is due, and do what a worker does with each pointer; False when there was none."""
        while await self.world.relay_outbox():
            pass
        messages = self.world.publisher.of("vitrine.task.scheduled")
        fresh, self.taken = messages[self.taken :], len(messages)
        for message in fresh:
            task_id = TaskId(UUID(json.loads(message.payload)["taskId"]))
            await self.world.work_on_task(task_id, worker="worker", pointer=message.headers)
        return bool(fresh)

    async def deliver_all(self) -> None:
        while await self.deliver():
            pass

    def lines(self, name: str) -> set[tuple[str, ...]]:
        """How spans of this name descend from the root."""
        spans = self.tracing.spans
        return {tuple(ancestry(span, spans)) for span in named(name, spans)}

    def the_trace(self) -> list[SeenSpan]:
        """All spans, after a look that they are one trace with one root."""
        spans = self.tracing.spans
        assert len({span.trace_id for span in spans}) == 1, spans
        assert [span.name for span in spans if span.parent_id is None] == [REQUEST]
        return spans


@pytest.fixture
def traced(tmp_path: Path) -> Traced:
    return Traced(tmp_path / "work")


async def test_one_trace_leads_from_the_request_to_the_finalize(traced: Traced) -> None:
    batch_id = await traced.receive(photo("one"), video("film", sequence=2))
    await traced.deliver_all()

    spans = traced.the_trace()
    assert (await traced.world.batch(batch_id)).status is BatchStatus.READY
    assert traced.lines("thumbnails") == {("thumbnails", *IMAGE, REQUEST)}
    assert traced.lines("transcode") == {("transcode", *VIDEO, REQUEST)}
    assert traced.lines("validate") == {("validate", *IMAGE, REQUEST), ("validate", *VIDEO, REQUEST)}
    [(*_, last_file, root)] = traced.lines("finalize")
    assert traced.lines("finalize") == {("finalize", *ARCHIVE, last_file, root)}
    assert traced.lines("zip") == {("zip", *ARCHIVE, last_file, root)}
    assert all(span.failure is None for span in spans)


async def test_every_message_of_the_run_is_of_the_trace(traced: Traced) -> None:
    await traced.receive(*photos("one", "two"))
    await traced.deliver_all()

    [trace_id] = {span.trace_id for span in traced.tracing.spans}
    written = [message for message in traced.world.publisher.messages if message.type != "vitrine.batch.opened"]
    assert {ids_in(message.headers["traceparent"])[0] for message in written} == {trace_id}
    assert {"vitrine.batch.received", "vitrine.batch.ready", "vitrine.job.finished"} <= {m.type for m in written}


async def test_publishing_is_told_beside_what_the_message_leads_to(traced: Traced) -> None:
    await traced.receive(photo())
    await traced.deliver_all()

    spans = traced.the_trace()
    assert traced.lines("publish vitrine.tasks.image.v1") == {("publish vitrine.tasks.image.v1", REQUEST)}
    [to_archive] = named("publish vitrine.tasks.archive.v1", spans)
    assert ancestry(to_archive, spans)[1:] == [*IMAGE, REQUEST]
    assert to_archive.kind == "producer"
    assert to_archive.facts["messaging.destination.name"] == "vitrine.tasks.archive.v1"


async def test_messages_of_no_request_are_published_without_a_trace(traced: Traced) -> None:
    await traced.world.open_listing()
    await traced.world.announce(photos("one"))

    assert await traced.world.relay_outbox() == 1

    assert traced.tracing.spans == []
    assert "traceparent" not in traced.world.publisher.messages[0].headers


async def test_a_task_that_is_found_without_its_pointer_stays_in_the_trace(traced: Traced) -> None:
    await traced.receive(photo())
    traced.world.clock.advance(timedelta(seconds=10))
    [found] = await traced.world.find_waiting_tasks(TaskKind.IMAGE, limit=5)

    await traced.world.work_on_task(found, worker="looking")

    traced.the_trace()
    assert traced.lines("thumbnails") == {("thumbnails", *IMAGE, REQUEST)}


async def test_a_task_whose_worker_vanished_stays_in_the_trace(traced: Traced) -> None:
    world = traced.world
    batch_id = await traced.receive(photo())
    [pointer] = await world.pointers()
    assert await world.claim_task(pointer, worker="doomed") is not None
    world.clock.advance(world.lease.duration)

    assert await world.recover_tasks() == 1
    world.clock.advance(world.retry.longest_delay)
    traced.taken = 1
    await traced.deliver_all()

    assert (await world.batch(batch_id)).status is BatchStatus.READY
    traced.the_trace()
    assert traced.lines("recover") == {("recover", REQUEST)}
    assert traced.lines("finalize") == {("finalize", *ARCHIVE, *IMAGE, "recover", REQUEST)}


async def test_a_task_that_is_given_up_on_ends_in_the_trace(traced: Traced) -> None:
    world = traced.world
    batch_id = await traced.receive(photo())
    for _ in range(world.retry.max_attempts):
        [pointer] = await world.pointers()
        assert await world.claim_task(pointer, worker="doomed") is not None
        world.clock.advance(world.lease.duration)
        await world.recover_tasks()
        world.clock.advance(world.retry.longest_delay)
    traced.taken = world.retry.max_attempts
    await traced.deliver_all()

    assert (await world.batch(batch_id)).status is BatchStatus.FAILED
    traced.the_trace()
    assert traced.lines("finalize") == {("finalize", *ARCHIVE, "recover", REQUEST)}


async def test_each_try_is_below_the_one_before(traced: Traced) -> None:
    failures = [Unavailable("the disk is full"), Unavailable("the disk is full")]

    async def fail_twice(_: bytes) -> None:
        if failures:
            raise failures.pop()

    traced.world.processor.before = fail_twice
    await traced.receive(photo())
    for _ in range(3):
        await traced.deliver()
        traced.world.clock.advance(traced.world.retry.longest_delay)
    await traced.deliver_all()

    spans = traced.the_trace()
    assert [span.failure for span in named("thumbnails", spans)] == 2 * ["Unavailable: the disk is full"] + [None]
    assert traced.lines("finalize") == {("finalize", *ARCHIVE, *IMAGE, *IMAGE, *IMAGE, REQUEST)}


async def test_a_file_that_is_refused_marks_the_stage_that_refused_it(traced: Traced) -> None:
    world = traced.world
    await world.open_listing()
    opened = await world.announce([photo()])
    world.upload(opened.tickets, [photo()])
    with traced.tracing.span(REQUEST, kind=SpanKind.SERVER):
        await world.complete(opened.batch.id)
    [asset] = await world.assets(opened.batch.id)
    world.bucket.objects.pop(asset.key)

    await traced.deliver_all()

    spans = traced.the_trace()
    [validate] = named("validate", spans)
    assert validate.failure == "MediaRejected: the original has vanished from the store"
    assert named("thumbnails", spans) == []


async def test_another_run_is_another_trace(traced: Traced) -> None:
    batch_id = await traced.receive(photo())
    await traced.deliver_all()
    with traced.tracing.span("POST retry", kind=SpanKind.SERVER):
        await traced.world.retry_again(batch_id)
    await traced.deliver_all()

    spans = traced.tracing.spans
    assert {ancestry(span, spans)[-1] for span in named("finalize", spans)} == {REQUEST, "POST retry"}
    assert len({span.trace_id for span in named("finalize", spans)}) == 2


async def test_a_pipeline_that_stays_silent_ends_in_the_trace(tmp_path: Path) -> None:
    traced = Traced(tmp_path / "work", provider=Provider.EXTERNAL)
    await traced.receive(photo())
    traced.world.clock.advance(PATIENCE + timedelta(seconds=1))

    assert await traced.world.expire_external_jobs() == 1
    await traced.deliver_all()

    spans = traced.the_trace()
    assert traced.lines("expire") == {("expire", REQUEST)}
    finished = traced.world.publisher.of("vitrine.job.finished")
    assert [ids_in(message.headers["traceparent"])[0] for message in finished] == [spans[0].trace_id]
