"""The relay's way out: every message acknowledged by all replicas, in order for each key."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeAlias
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from adapters.kafka.bounded import within
from adapters.kafka.cluster import KafkaCluster
from adapters.kafka.errors import NO_ANSWER, REFUSED, unavailable
from application.events.cloud_events import to_headers
from application.ports.messaging import Message, MessagePublisher

LARGEST_MESSAGE = 4 << 20
"""Bytes. A dead letter holds a message of the broker's usual 1 MiB, and what was wrong with it."""

_STOP_SECONDS = 5.0
_LINGER_MS = 2

Acknowledgement: TypeAlias = "asyncio.Future[Any]"


class KafkaPublisher(MessagePublisher):
    """Connects with the first message. For one task at a time; it is a context.

    `patience` bounds each call. An idempotent producer never gives up a message that it has taken: it stays on its way
    through an outage, in its order. So what is repeated while it is on its way is waited for, not sent again.
    """

    def __init__(self, cluster: KafkaCluster, *, patience: timedelta = timedelta(seconds=10)) -> None:
        self._cluster = cluster
        self._patience = patience.total_seconds()
        self._producer: AIOKafkaProducer | None = None
        self._on_the_way: dict[UUID, Acknowledgement] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def publish(self, messages: Sequence[Message]) -> Collection[UUID]:
        try:
            await within(self._patience, self._hand_over(messages))
        except TimeoutError as error:
            raise unavailable(error) from error
        except NO_ANSWER as error:
            await self._close()
            raise unavailable(error) from error
        return await self._acknowledged(messages)

    async def _hand_over(self, messages: Sequence[Message]) -> None:
        """Return once something is known of each."""
        producer = self._producer or await self._open()
        await self._send_all(producer, messages)
        await asyncio.wait([self._on_the_way[message.id] for message in messages])

    async def _send_all(self, producer: AIOKafkaProducer, messages: Sequence[Message]) -> None:
        """A topic that does not exist is asked for once, since the answer takes its time."""
        missing: dict[str, Exception] = {}
        for message in messages:
            if message.id in self._on_the_way:
                continue
            if message.topic in missing:
                self._on_the_way[message.id] = _refused(missing[message.topic])
                continue
            try:
                self._on_the_way[message.id] = await self._send(producer, message)
            except REFUSED as error:
                self._on_the_way[message.id] = _refused(error)
                if not isinstance(error, MessageSizeTooLargeError):
                    missing[message.topic] = error

    async def _send(self, producer: AIOKafkaProducer, message: Message) -> Acknowledgement:
        acknowledged: Acknowledgement = await producer.send(
            self._cluster.topic(message.topic),
            value=message.payload,
            key=message.key.encode(),
            headers=[(name, value.encode()) for name, value in to_headers(message).items()],
        )
        return acknowledged

    async def _acknowledged(self, messages: Sequence[Message]) -> Collection[UUID]:
        safe, trouble = [], None
        for message in messages:
            error = _error_of(self._on_the_way.pop(message.id))
            if error is None:
                safe.append(message.id)
            elif not isinstance(error, REFUSED):
                trouble = error
        if trouble is not None:
            # The producer has failed as a whole: it would refuse whatever comes next.
            await self._close()
            if not safe:
                raise unavailable(trouble) from trouble
        return safe

    async def _open(self) -> AIOKafkaProducer:
        # Kept before it has started: a start that fails or is cancelled has something to close too.
        self._producer = AIOKafkaProducer(
            **self._cluster.client("vitrine-relay"),
            enable_idempotence=True,
            acks="all",
            linger_ms=_LINGER_MS,
            max_request_size=LARGEST_MESSAGE,
            # Shorter than the patience, so that one missing topic does not use it up.
            request_timeout_ms=int(self._patience * 1000 / 3),
        )
        try:
            await within(self._patience, self._producer.start())
        except BaseException:
            await self._close()
            raise
        return self._producer

    async def _close(self) -> None:
        """Bounded: left to itself, a producer whose broker is gone waits for it without end. What it holds is in the
        outbox still.
        """
        producer, self._producer = self._producer, None
        for acknowledgement in self._on_the_way.values():
            if not acknowledgement.cancel() and not acknowledgement.cancelled():
                acknowledgement.exception()  # looked at, so that asyncio does not report it
        self._on_the_way.clear()
        if producer is None:
            return
        try:
            await within(_STOP_SECONDS, producer.stop())
        except NO_ANSWER:
            with suppress(*NO_ANSWER):
                await within(_STOP_SECONDS, producer.client.close())


def _error_of(acknowledgement: Acknowledgement) -> BaseException | None:
    return KafkaError("the client has given it up") if acknowledgement.cancelled() else acknowledgement.exception()


def _refused(error: Exception) -> Acknowledgement:
    refused: Acknowledgement = asyncio.get_running_loop().create_future()
    refused.set_exception(error)
    return refused
