"""What becomes of an inbound message: applied, ignored, or put aside; an outage is waited out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from application.ports.messaging import Delivery, Message
from domain.errors import ConcurrentUpdate, NotFound, Rejected, Unavailable
from entrypoints.consumer.consumer import Consumer
from entrypoints.consumer.handling import Handler, Outcome
from entrypoints.consumer.loops import Loops
from tests.application.dead_letters.dying import letters
from tests.application.world import World
from tests.builders import IDS
from tests.entrypoints.consumer.workbench import Workbench, running, until

TOPIC = "vitrine.listings.v1"
LOOPS = Loops()


class Handled:
    """Answers what a test wants, the last answer over and over; an exception is raised."""

    def __init__(self, *answers: Outcome | Exception) -> None:
        self.seen: list[bytes] = []
        self._answers = list(answers)

    async def __call__(self, delivery: Delivery) -> Outcome:
        self.seen.append(delivery.body)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def bench(world: World, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setattr("entrypoints.consumer.consumer._PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr("entrypoints.consumer.consumer._OUTAGE_PAUSE", 0.001)
    return Workbench(world)


def consumer(bench: Workbench, handle: Handler, *, at_hand: int = 1) -> Consumer:
    world = bench.world
    return Consumer(
        name="vitrine.listings",
        subscription=bench.bus.subscribe("vitrine.listings", [TOPIC]),
        handle=handle,
        rejection=bench.rejection("vitrine.listings"),
        telemetry=world.telemetry,
        tracing=world.tracing,
        loops=LOOPS,
        log=world.log,
        at_hand=at_hand,
    )


async def consumed(bench: Workbench, handle: Handled, *bodies: bytes) -> Sequence[object]:
    """Send these, and return what became of them."""
    part = consumer(bench, handle)
    await bench.bus.publish(
        [
            Message(id=IDS.new(), topic=TOPIC, key="k", type="t", payload=body, occurred_at=bench.world.now)
            for body in bodies
        ]
    )

    async def all_dealt_with() -> bool:
        return len(bench.world.telemetry.of("consumed")) >= len(bodies)

    async with running(part):
        await until(all_dealt_with)
    return [outcome for _, outcome in map(_pair, bench.world.telemetry.of("consumed"))]


def _pair(told: object) -> tuple[str, str]:
    assert isinstance(told, tuple)
    return told


async def test_a_handler_that_hangs_shows_itself_and_an_idle_consumer_is_no_silence(bench: Workbench) -> None:
    hanging, seen = asyncio.Event(), asyncio.Event()

    async def hang(_: Delivery) -> Outcome:
        seen.set()
        await hanging.wait()
        return Outcome.APPLIED

    part = consumer(bench, hang)
    async with running(part):
        assert LOOPS.ages() == {}
        await bench.bus.publish(
            [Message(id=IDS.new(), topic=TOPIC, key="k", type="t", payload=b"1", occurred_at=bench.world.now)]
        )
        await seen.wait()
        await asyncio.sleep(0.05)
        assert LOOPS.silent(timedelta(seconds=0.04)) == ["vitrine.listings"]
        hanging.set()
    assert LOOPS.ages() == {}


async def test_messages_are_dealt_with_in_their_order(bench: Workbench) -> None:
    handle = Handled(Outcome.APPLIED, Outcome.IGNORED, Outcome.APPLIED)

    assert await consumed(bench, handle, b"1", b"2", b"3") == ["applied", "ignored", "applied"]
    assert handle.seen == [b"1", b"2", b"3"]


async def test_what_breaks_rules_is_put_aside_at_once_and_the_next_is_dealt_with(bench: Workbench) -> None:
    handle = Handled(Rejected("no"), Outcome.APPLIED)

    assert await consumed(bench, handle, b"bad", b"good") == ["dead_lettered", "applied"]
    assert handle.seen == [b"bad", b"good"]
    (letter,) = await letters(bench.world)
    assert (letter.message.body, letter.attempts) == (b"bad", 1)


@pytest.mark.parametrize("passing", [ConcurrentUpdate("later"), NotFound("not yet"), KeyError("a defect")])
async def test_what_may_pass_is_tried_again(bench: Workbench, passing: Exception) -> None:
    handle = Handled(passing, passing, passing, Outcome.APPLIED)

    assert await consumed(bench, handle, b"1") == ["applied"]
    assert await letters(bench.world) == []


@pytest.mark.parametrize("lasting", [ConcurrentUpdate("later"), NotFound("not yet"), KeyError("a defect")])
async def test_and_put_aside_when_it_does_not_pass(bench: Workbench, lasting: Exception) -> None:
    handle = Handled(lasting, lasting, lasting, lasting, Outcome.APPLIED)

    assert await consumed(bench, handle, b"bad", b"good") == ["dead_lettered", "applied"]
    assert handle.seen == [b"bad"] * 4 + [b"good"]
    (letter,) = await letters(bench.world)
    assert letter.attempts == 4
    assert ("consumer.defect" in bench.world.log.events) == isinstance(lasting, KeyError)


async def test_an_outage_is_waited_out_however_long(bench: Workbench) -> None:
    handle = Handled(*[Unavailable("no database")] * 50, Outcome.APPLIED)

    assert await consumed(bench, handle, b"1") == ["applied"]
    assert len(handle.seen) == 51


async def test_what_was_not_dealt_with_before_the_stop_arrives_again(bench: Workbench) -> None:
    down = Handled(Unavailable("no database"))
    first = consumer(bench, down)
    await bench.bus.publish(
        [Message(id=IDS.new(), topic=TOPIC, key="k", type="t", payload=b"1", occurred_at=bench.world.now)]
    )

    async def tried() -> bool:
        return len(down.seen) > 1

    async with running(first):
        await until(tried)

    up = Handled(Outcome.APPLIED)
    assert await consumed(bench, up) == []
    part = consumer(bench, up)

    async def seen() -> bool:
        return up.seen == [b"1"]

    async with running(part):
        await until(seen)


class Stumbling:
    """Handles what is good at once, and the others only once they `may_pass`; nothing while there is `no_service`."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.may_pass = self.no_service = False
        self.at_once = self.most_at_once = 0

    async def __call__(self, delivery: Delivery) -> Outcome:
        self.seen.append(delivery.body)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.no_service:
            raise Unavailable("no database")
        if delivery.body.startswith(b"bad") and not self.may_pass:
            raise ConcurrentUpdate("later")
        return Outcome.APPLIED

    def has_seen(self, *bodies: bytes) -> Callable[[], Awaitable[bool]]:
        async def has_seen() -> bool:
            return set(bodies) <= set(self.seen)

        return has_seen


async def send(bench: Workbench, *bodies: bytes) -> None:
    """Each with a key of its own, so that they lie in different partitions."""
    await bench.bus.publish(
        [
            Message(id=IDS.new(), topic=TOPIC, key=body.decode(), type="t", payload=body, occurred_at=bench.world.now)
            for body in bodies
        ]
    )


async def test_those_that_are_tried_again_hold_up_no_others_up_to_a_number(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrypoints.consumer.consumer._PAUSES", (0.5, 0.5, 0.5))
    handle = Stumbling()
    async with running(consumer(bench, handle, at_hand=3)):
        await send(bench, b"bad 1")
        await until(handle.has_seen(b"bad 1"))
        await send(bench, b"good 1", b"good 2")
        await until(handle.has_seen(b"good 1", b"good 2"))
        assert handle.seen.count(b"bad 1") == 1, "it waits for its second try"
        handle.seen.clear()
        handle.may_pass = True
        await until(handle.has_seen(b"bad 1"))
    assert sorted(bench.world.telemetry.of("consumed")) == [(TOPIC, "applied")] * 3
    assert handle.most_at_once == 1


async def test_no_more_than_that_are_taken(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrypoints.consumer.consumer._PAUSES", (0.3, 0.3, 0.3))
    handle = Stumbling()
    bad = [f"bad {number}".encode() for number in range(3)]
    async with running(consumer(bench, handle, at_hand=3)):
        await send(bench, *bad)
        await until(handle.has_seen(*bad))
        await send(bench, b"good")
        await asyncio.sleep(0.1)
        assert b"good" not in handle.seen
        handle.may_pass = True
        await until(handle.has_seen(b"good"))


async def test_during_an_outage_nothing_else_is_tried(bench: Workbench) -> None:
    handle = Stumbling()
    handle.no_service = True
    async with running(consumer(bench, handle, at_hand=9)):
        await send(bench, b"1")
        await until(handle.has_seen(b"1"))
        await send(bench, b"2")
        await asyncio.sleep(0.05)
        assert set(handle.seen) == {b"1"}
        handle.no_service = False
        await until(handle.has_seen(b"2"))


async def test_what_waited_for_its_next_try_at_the_stop_arrives_again_and_so_does_what_came_behind_it(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrypoints.consumer.consumer._PAUSES", (60.0,))
    handle = Stumbling()
    same = [
        Message(id=IDS.new(), topic=TOPIC, key="k", type="t", payload=body, occurred_at=bench.world.now)
        for body in (b"good 1", b"bad", b"good 2")
    ]
    async with running(consumer(bench, handle, at_hand=3)):
        await bench.bus.publish(same)
        await until(handle.has_seen(b"good 1", b"bad", b"good 2"))

    again = Stumbling()
    again.may_pass = True
    async with running(consumer(bench, again, at_hand=3)):
        await until(again.has_seen(b"bad", b"good 2"))
    assert again.seen == [b"bad", b"good 2"]
