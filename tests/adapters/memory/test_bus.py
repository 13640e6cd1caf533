"""How events travel where one process runs everything."""

import asyncio
from datetime import timedelta

import pytest

from adapters.memory.bus import InProcessBus, InProcessSubscription
from application.ports.messaging import Message
from domain.errors import Unavailable
from tests.builders import IDS, NOW


def _message(topic: str, key: str = "k") -> Message:
    return Message(id=IDS.new(), topic=topic, key=key, type="t", payload=b"{}", occurred_at=NOW)


async def _receive(subscription: InProcessSubscription, number: int) -> list[Message]:
    messages = subscription.messages()
    async with asyncio.timeout(1):
        return [await anext(messages) for _ in range(number)]


async def _is_silent(subscription: InProcessSubscription) -> bool:
    try:
        async with asyncio.timeout(0.02):
            await anext(subscription.messages())
    except TimeoutError:
        return True
    return False


async def test_each_subscription_gets_the_messages_of_its_topics_in_order() -> None:
    bus = InProcessBus()
    images, everything = bus.subscribe(["images"]), bus.subscribe(["images", "videos"])
    sent = [_message("images"), _message("videos"), _message("images"), _message("nobody's")]

    await bus.publish(sent)

    assert await _receive(images, 2) == [sent[0], sent[2]]
    assert await _receive(everything, 3) == sent[:3]
    assert await _is_silent(everything)


async def test_a_message_goes_to_one_of_several_tasks_of_a_subscription() -> None:
    bus = InProcessBus()
    subscription = bus.subscribe(["images"])
    workers = [asyncio.create_task(_receive(subscription, 2)) for _ in range(3)]
    sent = [_message("images") for _ in range(6)]

    await bus.publish(sent)

    received = [message for messages in await asyncio.gather(*workers) for message in messages]
    assert sorted(message.id for message in received) == sorted(message.id for message in sent)


async def test_a_full_subscription_holds_the_publisher_up_until_there_is_room() -> None:
    bus = InProcessBus(capacity=2)
    subscription = bus.subscribe(["images"])
    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        publishing = group.create_task(bus.publish([_message("images") for _ in range(3)]))
        await asyncio.sleep(0.02)
        assert not publishing.done()

        await _receive(subscription, 1)


async def test_a_subscription_that_stays_full_is_unavailable() -> None:
    bus = InProcessBus(capacity=1, patience=timedelta(seconds=0.02))
    bus.subscribe(["images"])

    with pytest.raises(Unavailable):
        await bus.publish([_message("images"), _message("images")])


async def test_nothing_is_handed_to_whoever_has_unsubscribed() -> None:
    bus = InProcessBus(capacity=1, patience=timedelta(seconds=0.02))
    subscription = bus.subscribe(["images"])
    bus.unsubscribe(subscription)
    bus.unsubscribe(subscription)

    await bus.publish([_message("images") for _ in range(3)])

    assert await _is_silent(subscription)


async def test_a_cancelled_receiver_loses_no_message() -> None:
    bus = InProcessBus()
    subscription = bus.subscribe(["images"])
    for _ in range(5):
        receiving = asyncio.create_task(_receive(subscription, 1))
        await asyncio.sleep(0)
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
    sent = _message("images")

    await bus.publish([sent])

    assert await _receive(subscription, 1) == [sent]
