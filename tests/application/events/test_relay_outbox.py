"""What is committed is published: at least once, in order for each key, and nothing that was rolled back."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest

from application.events.relay_outbox import ForgetPublished, MessagesRefused
from domain.errors import Unavailable
from tests.application.uploads import photos
from tests.application.world import World

COUNT = 3


async def publish_all(world: World) -> None:
    while await world.relay_outbox():
        pass


async def lag(world: World) -> timedelta:
    async with world.begin() as tx:
        return await tx.outbox.lag(now=world.now)


async def test_each_key_has_its_order(world: World) -> None:
    await world.open_listing()
    for n in range(COUNT):
        await world.receive(photos("one"), reference=f"shoot {n}")
    await world.work()
    by_key = defaultdict(list)
    for message in world.publisher.messages:
        by_key[message.topic, message.key].append(message.type.removeprefix("vitrine."))
    batches = [types for types in by_key.values() if "batch.opened" in types]
    expected = ["batch.opened", "batch.received", "job.requested", "batch.ready", "job.finished"]
    assert batches == [expected] * COUNT
    ids = [message.id for message in world.publisher.messages]
    assert len(ids) == len(set(ids))


async def test_a_publisher_that_is_down_loses_nothing(world: World) -> None:
    await world.open_listing()
    await world.announce(photos("one"))
    world.publisher.is_down = True
    world.clock.advance(timedelta(seconds=9))
    for _ in range(2):
        with pytest.raises(Unavailable):
            await world.relay_outbox()
    assert await lag(world) == timedelta(seconds=9)
    world.publisher.is_down = False
    await publish_all(world)
    assert [message.type for message in world.publisher.messages] == ["vitrine.batch.opened"]
    assert await lag(world) == timedelta()


async def test_what_was_rolled_back_is_not_published(world: World) -> None:
    await world.open_listing()
    batch_id = (await world.announce(photos("one"))).batch.id
    await publish_all(world)
    async with world.begin() as tx:
        batch = await tx.batches.lock(batch_id)
        assert batch is not None
        batch.expire(now=world.now)
        await tx.batches.save(batch)
    assert await world.relay_outbox() == 0


@pytest.mark.parametrize("seed", range(6))
async def test_relays_at_once_publish_each_entry_once(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    for n in range(COUNT):
        await world.receive(photos("one"), reference=f"shoot {n}")
    await asyncio.gather(*[publish_all(world) for _ in range(4)])
    ids = [message.id for message in world.publisher.messages]
    assert len(ids) == len(set(ids)) == COUNT * 4


async def test_what_was_published_is_forgotten_after_a_while(world: World) -> None:
    await world.open_listing()
    await world.announce(photos("one"), reference="published")
    await publish_all(world)
    await world.announce(photos("one"), reference="waiting")
    forget = ForgetPublished(begin=world.begin, clock=world.clock, keep=timedelta(days=7))
    assert await forget() == 0
    world.clock.advance(timedelta(days=7, seconds=1))
    assert await forget() == 1
    await publish_all(world)
    assert len(world.publisher.messages) == 2


async def test_a_topic_that_is_refused_holds_up_no_other(world: World) -> None:
    """More of them than a look takes: the others come through all the same, and those once the topic is there."""
    await world.open_listing()
    for number in range(3):
        await world.receive(photos(*(f"{number}-{place}" for place in range(90))), reference=str(number))
    world.publisher.refused = {"vitrine.tasks.image.v1"}

    with pytest.raises(MessagesRefused):
        await world.relay_outbox()
    while await world.relay_outbox():
        pass

    assert len(world.publisher.of("vitrine.batch.received")) == 3
    assert world.publisher.of("vitrine.task.scheduled") == []
    world.publisher.refused = set()
    world.clock.advance(timedelta(seconds=6))
    while await world.relay_outbox():
        pass
    assert len(world.publisher.of("vitrine.task.scheduled")) == 270
