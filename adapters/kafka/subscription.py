"""A member of a group of consumers."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection
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
_AT_HAND = 4
"""Deliveries that wait here for somebody to ask: more would wait while another member has nothing to do."""
_SESSION_MS = 15_000
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 15.0
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
        self._at_hand: deque[tuple[TopicPartition, Record]] = deque()
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
                _, record = self._at_hand.popleft()
                self._wanted.set()
                yield self._delivery(record)
            else:
                self._wanted.set()
                self._arrived.clear()
                await self._arrived.wait()

    async def done(self, delivery: Delivery) -> None:
        """Noted with the next poll, or when the partition goes to another member."""
        partition, _, offset = delivery.place.partition("/")
        self._done[TopicPartition(self._cluster.topic(delivery.topic), int(partition))] = int(offset) + 1

    async def close(self) -> None:
        self._closing.set()
        self._arrived.set()
        self._wanted.set()
        polling, self._polling = self._polling, None
        if polling is None:
            return
        await asyncio.wait([polling], timeout=_STOP_SECONDS)
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling

    async def _poll_until_closed(self) -> None:
        while not self._closing.is_set():
            self._on_poll()
            try:
                await self._be_member()
            except NO_ANSWER as error:
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
            taken = await within(_POLL_SECONDS, consumer.getmany(timeout_ms=_ROUND_MS, max_records=room))
        else:
            # A poll that takes nothing keeps the membership.
            consumer.pause(*assigned)
            taken = await within(_POLL_SECONDS, consumer.getmany(timeout_ms=0))
            self._wanted.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_ROUND_MS / 1000):
                    await self._wanted.wait()
        for partition, records in taken.items():
            self._at_hand.extend((partition, record) for record in records)
        if self._at_hand:
            self._arrived.set()
        await self._note(consumer)

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
        """What nobody has asked for yet goes to the next member."""
        kept = [(partition, record) for partition, record in self._at_hand if partition not in partitions]
        self._at_hand.clear()
        self._at_hand.extend(kept)
        for partition in partitions:
            self._done.pop(partition, None)

    def _delivery(self, record: Record) -> Delivery:
        return Delivery(
            topic=self._cluster.bare(record.topic),
            place=f"{record.partition}/{record.offset}",
            key=record.key,
            headers=dict(record.headers),
            body=record.value or b"",
        )


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, subscription: KafkaSubscription, consumer: AIOKafkaConsumer) -> None:
        self._subscription = subscription
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._subscription._give_up(self._consumer, revoked)  # noqa: SLF001 - a part of the class above

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        pass
