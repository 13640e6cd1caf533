"""A consumer can go on polling and get nothing after its broker was restarted. Then only a new one helps."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from time import monotonic

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from adapters.kafka.bounded import within

_LOOK_SECONDS = 5.0


class Stalled(KafkaError):  # type: ignore[misc]
    """Messages wait, and none of them comes."""


class StallWatch:
    """Compares, every `after`, how far the consumer is with how far the partitions go."""

    def __init__(self, consumer: AIOKafkaConsumer, *, after: timedelta) -> None:
        self._consumer = consumer
        self._after = after.total_seconds()
        self._next = monotonic() + self._after
        self._behind: dict[TopicPartition, int] = {}

    async def look(self) -> None:
        """Raises Stalled when a partition that is not paused was behind at the last look and has not moved since."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + self._after
        open_ones = self._consumer.assignment() - self._consumer.paused()
        if not open_ones:
            return
        ends = await within(_LOOK_SECONDS, self._consumer.end_offsets(list(open_ones)))
        positions = await within(_LOOK_SECONDS, self._positions(open_ones))
        behind = {partition: place for partition, place in positions.items() if place < ends[partition]}
        stuck = {partition for partition, place in behind.items() if self._behind.get(partition) == place}
        self._behind = behind
        if stuck:
            raise Stalled(f"nothing comes of {len(stuck)} partitions, though messages wait there")

    async def _positions(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, int]:
        return {partition: await self._consumer.position(partition) for partition in partitions}
