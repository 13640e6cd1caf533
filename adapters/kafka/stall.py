"""A consumer can go on polling and get nothing after its broker was restarted. Then only a new one helps."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from time import monotonic

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

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
        self._positions: Mapping[TopicPartition, int] = {}

    async def look(self) -> None:
        """Raises Stalled when messages wait, and not one partition has moved since the last look. One that only waits
        for its turn behind others is none: the client empties one partition before it turns to the next.
        """
        if monotonic() < self._next:
            return
        self._next = monotonic() + self._after
        before, self._positions = self._positions, {}
        partitions = self._consumer.assignment()
        if not partitions or self._consumer.paused():
            return
        try:
            ends = await within(_LOOK_SECONDS, self._consumer.end_offsets(list(partitions)))
            positions = await within(_LOOK_SECONDS, self._places(partitions))
        except IllegalStateError:
            return  # the group has moved on meanwhile
        self._positions = positions
        waiting = [partition for partition, place in positions.items() if place < ends[partition]]
        if waiting and positions == before:
            raise Stalled(f"nothing comes of {len(waiting)} partitions, though messages wait there")

    async def _places(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, int]:
        return {partition: await self._consumer.position(partition) for partition in partitions}
