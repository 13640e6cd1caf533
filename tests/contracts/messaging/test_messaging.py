"""What publishers and subscriptions promise, in memory and over Kafka alike."""

import asyncio
from collections import defaultdict

from application.events.cloud_events import read_cloud_event
from tests.builders import NOW
from tests.contracts.messaging.conftest import ANOTHER, TOPIC, Broker
from tests.contracts.messaging.receiving import QUIET, Member, build_message, ids


async def test_a_message_arrives_as_it_was_sent(broker: Broker) -> None:
    member = Member(broker.join("group"))
    sent = build_message(7, key="batch-1")

    assert list(await broker.publisher.publish([sent])) == [sent.id]

    (delivery,) = await member.take(1)
    assert (delivery.topic, delivery.key, delivery.body) == (TOPIC, b"batch-1", b'{"number":7}')
    assert {name: value.decode() for name, value in delivery.headers.items()} == {
        "ce_specversion": "1.0",
        "ce_id": str(sent.id),
        "ce_source": "/vitrine",
        "ce_type": "vitrine.suite.happened",
        "ce_time": "2025-05-04T12:30:15.123456Z",
        "content-type": "application/json",
        "traceparent": sent.headers["traceparent"],
    }
    event = read_cloud_event(delivery)
    assert (event.id, event.type, event.time, event.data) == (str(sent.id), sent.type, NOW, sent.payload)


async def test_each_key_keeps_its_order(broker: Broker) -> None:
    member = Member(broker.join("group"))
    sent = [build_message(number, key=f"key-{number % 5}") for number in range(60)]
    for start in range(0, 60, 20):
        await broker.publisher.publish(sent[start : start + 20])

    by_key = defaultdict(list)
    for delivery in await member.take(60):
        by_key[delivery.key].append(delivery.body)

    for number in range(5):
        assert by_key[f"key-{number}".encode()] == [m.payload for m in sent if m.key == f"key-{number}"]


async def test_what_was_sent_before_the_first_member_joined_waits_for_the_group(broker: Broker) -> None:
    first = Member(broker.join("group"))
    await broker.publisher.publish([build_message(1)])
    await first.take(1)
    await first.leave()
    later = build_message(2)
    await broker.publisher.publish([later])

    assert ids(await Member(broker.join("group")).take(1)) == [str(later.id)]


async def test_every_group_gets_every_message_of_its_topics(broker: Broker) -> None:
    one, both = Member(broker.join("one")), Member(broker.join("both", TOPIC, ANOTHER))
    here, there = build_message(1), build_message(2, topic=ANOTHER)
    await broker.publisher.publish([here, there])

    assert ids(await one.take(1)) == [str(here.id)]
    assert sorted(ids(await both.take(2))) == sorted([str(here.id), str(there.id)])
    assert await one.take_one(within=QUIET) is None


async def test_members_of_a_group_share_its_messages(broker: Broker) -> None:
    """Messages are sent until both have got some: the second may join after the first has begun."""
    members = [Member(broker.join("group")) for _ in range(2)]
    sent: set[str] = set()
    taken: set[str] = set()
    numbers = [0, 0]

    async def work(place: int) -> None:
        while not all(numbers) or taken < sent:
            delivery = await members[place].take_one(within=QUIET / 4)
            if delivery is not None:
                taken.update(ids([delivery]))
                numbers[place] += 1
                await members[place].done(delivery)

    async def send() -> None:
        while not all(numbers):
            messages = [build_message(number, key=str(number)) for number in range(20)]
            sent.update(str(message.id) for message in messages)
            await broker.publisher.publish(messages)
            await asyncio.sleep(QUIET / 2)

    async with asyncio.timeout(60):
        await asyncio.gather(send(), work(0), work(1))

    assert taken == sent


async def test_what_is_not_done_arrives_again_at_another_member(broker: Broker) -> None:
    leaving = Member(broker.join("group"))
    sent = [build_message(number) for number in range(3)]
    await broker.publisher.publish(sent)
    first, second, _ = await leaving.take(3, done=False)
    await leaving.done(first)
    await leaving.leave()

    staying = Member(broker.join("group"))

    again = await staying.take(2)
    assert ids(again) == [str(message.id) for message in sent[1:]]
    assert again[0].place == second.place, "the place is the same at every arrival"


async def test_done_means_all_that_came_before_too(broker: Broker) -> None:
    leaving = Member(broker.join("group"))
    await broker.publisher.publish([build_message(number) for number in range(3)])
    deliveries = await leaving.take(3, done=False)
    await leaving.done(deliveries[-1])
    await leaving.leave()

    assert await Member(broker.join("group")).take_one(within=4 * QUIET) is None


async def test_a_member_that_does_not_ask_keeps_its_place(broker: Broker) -> None:
    idle = Member(broker.join("group"))
    sent = [build_message(number) for number in range(30)]
    await broker.publisher.publish(sent[:1])
    await idle.take(1)
    await asyncio.sleep(2 * QUIET)
    await broker.publisher.publish(sent[1:])

    assert ids(await idle.take(29)) == [str(message.id) for message in sent[1:]]


async def test_closing_ends_the_deliveries_and_may_be_repeated(broker: Broker) -> None:
    subscription = broker.join("group")
    waiting = asyncio.ensure_future(_all(Member(subscription)))
    await asyncio.sleep(0.05)

    async with asyncio.timeout(15):
        await subscription.close()
        await subscription.close()
        await waiting


async def _all(member: Member) -> None:
    try:
        while True:
            await member.take(1)
    except (StopAsyncIteration, RuntimeError):
        return
