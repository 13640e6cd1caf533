"""A broker on this machine, to which a test may do what it likes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.services.java import OLDEST, find_java
from tests.services.kafka_jars import VERSION, JarsNotFetched, fetch, jars_folder, maven
from tests.services.ladder import Ladder, Obstacle, Rung
from tests.services.native_kafka import NativeKafka

NAME = f"Kafka {VERSION} native"


def no_programs() -> Obstacle:
    if find_java() is None:
        return f"there is no Java {OLDEST} or newer (Debian: apt-get install openjdk-17-jre-headless)"
    if not jars_folder().exists() and maven() is None:
        return "there is no Maven to fetch Kafka with (Debian: apt-get install maven)"
    return None


@cache
def not_fetched() -> Obstacle:
    try:
        fetch(jars_folder())
    except JarsNotFetched as error:
        return str(error)
    return None


def java_version() -> str | None:
    java = find_java()
    return f"java {java.major}" if java else None


@asynccontextmanager
async def running() -> AsyncIterator[NativeKafka]:
    java = find_java()
    assert java is not None
    with TemporaryDirectory(prefix="vitrine-kafka-") as folder:
        async with NativeKafka(Path(folder), java=java, jars=jars_folder()) as kafka:
            yield kafka


OWN_KAFKA = Ladder(
    service="Kafka of the test's own",
    rungs=(Rung(name=NAME, obstacle=no_programs, prepare=not_fetched, detail=java_version, open=running),),
)
