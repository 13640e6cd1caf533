"""What is special about messages that stay in the process; the rest is in the contract suite."""

import asyncio
from datetime import timedelta

import pytest

from adapters.memory.bus import InProcessBus
from application.ports.messaging import Message
from domain.errors import Unavailable
from tests.builders import IDS, NOW
from tests.contracts.messaging.receiving import Member, ids

SHORT = timedelta(seconds=0.02)


def _message(topic: str, key: str = "k") -> Message:
    return Message(id=IDS.new(), topic=topic, key=key, type="t", payload=b"{}", occurred_at=NOW)


async def test_a_topic_that_nobody_has_subscribed_to_is_dropped() -> None:
    bus = InProcessBus(capacity=1, patience=SHORT)
    bus.subscribe("images", ["images"])

    await bus.publish([_message("nobody's") for _ in range(3)])


async def test_a_full_group_holds_the_publisher_up_until_there_is_room() -> None:
    bus = InProcessBus(capacity=2)
    member = Member(bus.subscribe("images", ["images"]))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        publishing = group.create_task(bus.publish([_message("images") for _ in range(3)]))
        await asyncio.sleep(0.02)
        assert not publishing.done()

        await member.take(1)


async def test_what_was_handed_out_and_is_not_done_takes_room() -> None:
    bus = InProcessBus(capacity=1, patience=SHORT)
    member = Member(bus.subscribe("images", ["images"]))
    await bus.publish([_message("images")])
    (delivery,) = await member.take(1, done=False)

    with pytest.raises(Unavailable):
        await bus.publish([_message("images")])
    await member.done(delivery)
    await bus.publish([_message("images")])


async def test_a_message_of_the_partition_of_somebody_else_cannot_be_done() -> None:
    bus = InProcessBus()
    first = Member(bus.subscribe("images", ["images"]))
    sent = [_message("images", key=str(number)) for number in range(24)]
    await bus.publish(sent)
    taken = await first.take(24, done=False)
    second = Member(bus.subscribe("images", ["images"]))

    for delivery in taken:
        await first.done(delivery)

    again = [await second.take_one(within=0.5) for _ in range(10)]
    assert all(again), "half of the partitions have gone to the second member, with what was not done"


async def test_a_cancelled_receiver_loses_no_message() -> None:
    bus = InProcessBus()
    subscription = bus.subscribe("images", ["images"])
    for _ in range(5):
        receiving = asyncio.ensure_future(anext(aiter(subscription.deliveries())))
        await asyncio.sleep(0)
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
    sent = _message("images")

    await bus.publish([sent])

    assert ids(await Member(subscription).take(1)) == [str(sent.id)]
