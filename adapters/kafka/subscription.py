"""A member of a group of consumers."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError
from aiokafka.structs import ConsumerRecord

from adapters.kafka.bounded import within
from adapters.kafka.cluster import KafkaCluster
from adapters.kafka.errors import NO_ANSWER
from adapters.kafka.stall import StallWatch
from application.ports.messaging import Delivery, MessageSubscription

_ROUND_MS = 250
"""The longest that one poll takes. Between polls, what is done is noted."""
_FETCH_MS = 250
"""The longest that a broker holds a question back. What lies in a partition that was paused, or has just brought
something, is only asked for with the next one.
"""
_AT_HAND = 4
"""Deliveries that wait here for somebody to ask: more would wait while another member has nothing to do."""
_SESSION_MS = 15_000
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_POLL_SECONDS = 40.0
"""A poll waits for a group that is finding its new order, which takes a session's time and more."""
_CLOSE_SECONDS = 8.0
_COMMIT_SECONDS = 5.0
_PAUSE_AFTER_TROUBLE = 2.0

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"


class KafkaSubscription(MessageSubscription):
    """Polls from `start` to `close` in a task of its own, whether deliveries are asked for or not, so that the group
    never holds it for dead; while enough is at hand its partitions are paused.

    An outage is told to `on_trouble` and waited out. `on_poll` is called at each round.
    """

    def __init__(
        self,
        cluster: KafkaCluster,
        *,
        group: str,
        topics: Collection[str],
        on_poll: Callable[[], None] = lambda: None,
        on_trouble: Callable[[Exception], None] = lambda _: None,
        stalled_after: timedelta = timedelta(seconds=15),
    ) -> None:
        self._cluster = cluster
        self._group = cluster.prefix + group
        self._topics = [cluster.topic(name) for name in topics]
        self._on_poll = on_poll
        self._on_trouble = on_trouble
        self._stalled_after = stalled_after
        self._at_hand: deque[tuple[TopicPartition, Delivery]] = deque()
        self._handed_out: set[tuple[TopicPartition, int]] = set()
        self._done: dict[TopicPartition, int] = {}
        self._arrived = asyncio.Event()
        self._wanted = asyncio.Event()
        self._closing = asyncio.Event()
        self._polling: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Join the group as soon as a broker answers."""
        self._polling = asyncio.create_task(self._poll_until_closed(), name=f"poll-{self._group}")

    async def deliveries(self) -> AsyncIterator[Delivery]:
        while not self._closing.is_set():
            if self._at_hand:
                partition, delivery = self._at_hand.popleft()
                self._handed_out.add((partition, _offset(delivery)))
                self._wanted.set()
                yield delivery
            else:
                self._wanted.set()
                self._arrived.clear()
                await self._arrived.wait()

    async def done(self, delivery: Delivery) -> None:
        """Noted with the next poll, or when the partition goes to another member. Once it has gone, its new owner says
        what is done: an older word would take the group back.
        """
        number, _, _ = delivery.place.partition("/")
        partition, offset = TopicPartition(self._cluster.topic(delivery.topic), int(number)), _offset(delivery)
        if (partition, offset) in self._handed_out:
            self._handed_out -= {(other, at) for other, at in self._handed_out if other == partition and at <= offset}
            self._done[partition] = offset + 1

    async def close(self) -> None:
        self._closing.set()
        self._arrived.set()
        self._wanted.set()
        polling, self._polling = self._polling, None
        if polling is not None:
            await asyncio.wait([polling], timeout=_CLOSE_SECONDS)
            polling.cancel()
            await asyncio.wait([polling], timeout=_STOP_SECONDS)

    async def _poll_until_closed(self) -> None:
        while not self._closing.is_set():
            self._on_poll()
            try:
                await self._be_member()
            except Exception as error:  # noqa: BLE001 - nothing arrives without this loop: it is told, and begins anew
                self._on_trouble(error)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_PAUSE_AFTER_TROUBLE):
                        await self._closing.wait()

    async def _be_member(self) -> None:
        consumer = AIOKafkaConsumer(
            **self._cluster.client(self._group),
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=_SESSION_MS,
            rebalance_timeout_ms=_SESSION_MS,
            isolation_level="read_committed",
            fetch_max_wait_ms=_FETCH_MS,
        )
        consumer.subscribe(self._topics, listener=_Rebalance(self, consumer))
        try:
            await within(_START_SECONDS, consumer.start())
            watch = StallWatch(consumer, after=self._stalled_after)
            while not self._closing.is_set():
                await self._round(consumer)
                await watch.look()
            await self._note(consumer)
        finally:
            self._forget(consumer.assignment())
            with suppress(*NO_ANSWER):
                await within(_STOP_SECONDS, consumer.stop())

    async def _round(self, consumer: AIOKafkaConsumer) -> None:
        self._on_poll()
        room = _AT_HAND - len(self._at_hand)
        assigned = consumer.assignment()
        if room > 0:
            consumer.resume(*assigned)
            taken = await self._taken(consumer, room)
        else:
            # A poll that takes nothing keeps the membership.
            consumer.pause(*assigned)
            taken = await self._taken(consumer, 1, timeout_ms=0)
            self._wanted.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_ROUND_MS / 1000):
                    await self._wanted.wait()
        self._at_hand.extend(taken)
        if self._at_hand:
            self._arrived.set()
        await self._note(consumer)

    async def _taken(
        self, consumer: AIOKafkaConsumer, most: int, *, timeout_ms: int = _ROUND_MS
    ) -> Sequence[tuple[TopicPartition, Delivery]]:
        try:
            found = await within(_POLL_SECONDS, consumer.getmany(timeout_ms=timeout_ms, max_records=most))
        except NO_ANSWER:
            raise
        except Exception:  # noqa: BLE001 - the client cannot take a record apart, and does not say which
            return await self._one_by_one(consumer)
        return [(partition, self._delivery(record)) for partition, records in found.items() for record in records]

    async def _one_by_one(self, consumer: AIOKafkaConsumer) -> Sequence[tuple[TopicPartition, Delivery]]:
        """One of each partition. A record that the client cannot take apart, such as one whose header has a name that
        is no text, is handed out by its place alone: it must not hide those behind it.
        """
        found = []
        for partition in consumer.assignment():
            place = await within(_POLL_SECONDS, consumer.position(partition))
            try:
                taken = await within(_POLL_SECONDS, consumer.getmany(partition, timeout_ms=_ROUND_MS, max_records=1))
            except NO_ANSWER:
                raise
            except Exception as error:  # noqa: BLE001 - this is the one
                self._on_trouble(error)
                consumer.seek(partition, place + 1)
                found.append((partition, self._unreadable(partition, place, error)))
            else:
                found += [(partition, self._delivery(record)) for record in taken.get(partition, [])]
        return found

    async def _note(self, consumer: AIOKafkaConsumer) -> None:
        """Commit what is done of the partitions that are still ours."""
        assigned = consumer.assignment()
        ours = {partition: offset for partition, offset in self._done.items() if partition in assigned}
        if not ours:
            return
        try:
            await within(_COMMIT_SECONDS, consumer.commit(ours))
        except CommitFailedError:
            # The group has moved on without us: what was done arrives once more, at its new member.
            self._forget(ours)
            return
        for partition, offset in ours.items():
            if self._done.get(partition) == offset:
                del self._done[partition]

    async def _give_up(self, consumer: AIOKafkaConsumer, revoked: Collection[TopicPartition]) -> None:
        with suppress(*NO_ANSWER):  # the next member gets them once more
            await self._note(consumer)
        self._forget(revoked)

    def _forget(self, partitions: Collection[TopicPartition]) -> None:
        """What nobody has asked for yet goes to the next member, and so does what is not done."""
        kept = [(partition, delivery) for partition, delivery in self._at_hand if partition not in partitions]
        self._at_hand.clear()
        self._at_hand.extend(kept)
        self._handed_out = {(partition, at) for partition, at in self._handed_out if partition not in partitions}
        for partition in partitions:
            self._done.pop(partition, None)

    def _delivery(self, record: Record) -> Delivery:
        return Delivery(
            topic=self._cluster.bare(record.topic),
            place=f"{record.partition}/{record.offset}",
            key=record.key,
            headers={name: value or b"" for name, value in record.headers},
            body=record.value or b"",
        )

    def _unreadable(self, partition: TopicPartition, offset: int, error: Exception) -> Delivery:
        return Delivery(
            topic=self._cluster.bare(partition.topic),
            place=f"{partition.partition}/{offset}",
            key=None,
            headers={"vitrine-unreadable": type(error).__name__.encode()},
            body=b"",
        )


def _offset(delivery: Delivery) -> int:
    return int(delivery.place.rpartition("/")[2])


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, subscription: KafkaSubscription, consumer: AIOKafkaConsumer) -> None:
        self._subscription = subscription
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._subscription._give_up(self._consumer, revoked)  # noqa: SLF001 - a part of the class above

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        pass
