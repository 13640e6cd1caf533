"""Kafka for tests: the address of a broker, which tests share by a prefix of their own for topics and groups."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from tests.services import own_kafka
from tests.services.docker_engine import no_engine, no_image
from tests.services.given_address import GivenAddressUnusable, not_given
from tests.services.kafka_answers import answers
from tests.services.kafka_container import IMAGE, kafka_container
from tests.services.kafka_jars import VERSION
from tests.services.ladder import Ladder, Rung

SERVERS = "VITRINE_TEST_KAFKA_SERVERS"
_ANSWER_SECONDS = 15.0


@asynccontextmanager
async def _given() -> AsyncIterator[str]:
    servers = os.environ[SERVERS]
    if not await answers(servers, within=_ANSWER_SECONDS):
        raise GivenAddressUnusable(SERVERS, f"{servers} does not answer within {_ANSWER_SECONDS:g} s")
    yield servers


@asynccontextmanager
async def _native() -> AsyncIterator[str]:
    async with own_kafka.running() as kafka:
        yield kafka.servers


KAFKA = Ladder(
    service="Kafka",
    rungs=(
        Rung(name=f"Kafka of {SERVERS}", obstacle=partial(not_given, SERVERS), open=_given),
        Rung(
            name=f"Kafka {VERSION} in Docker",
            obstacle=no_engine,
            prepare=partial(no_image, IMAGE),
            open=kafka_container,
        ),
        Rung(
            name=own_kafka.NAME,
            obstacle=own_kafka.no_programs,
            prepare=own_kafka.not_fetched,
            detail=own_kafka.java_version,
            open=_native,
        ),
    ),
)
