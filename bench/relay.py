"""From the outbox to Kafka, and from the commit of `complete` to the first task at work, against aiokafka alone."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from uuid import UUID

import msgspec
from PIL import Image

from adapters.kafka.topics import create_topics
from adapters.postgres.outbox_table import OUTBOX_CHANNEL
from application.events.cloud_events import to_headers
from application.events.routing import LISTING_MEDIA_TOPIC, STORAGE_TOPIC
from application.ports.messaging import Message
from bench.backlog import backlog, put_in
from bench.bare_kafka import BarePair, Order, Record, open_pair
from bench.broker import open_broker
from bench.deployment import Deployment, open_deployment
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage
from entrypoints.kafka_messaging import kafka_cluster
from entrypoints.topic_plans import topic_plans

_PATIENCE = 120
_LOOK_EVERY = 0.1
_LEFT = "SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL LIMIT 1) AS one"
_LAST = "SELECT max(published_at) FROM outbox"
_STARTED = "SELECT started_at FROM listing_media_jobs WHERE id = $1"


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds, messages, samples = (2, 5_000, 40) if size.quick else (4, 20_000, 200)
    steps.expect(rounds + 2)
    async with open_broker() as kafka:
        async with open_deployment(stage, kafka) as deployment, deployment.role("relay", "relay"):
            rates = await _rates(deployment, rounds, messages, steps)
        # Another one: here the topics are full of pointers to tasks that do not exist.
        async with (
            open_deployment(stage, kafka) as deployment,
            deployment.role("relay", "relay"),
            deployment.role("worker", "worker", "--kinds", "image,archive"),
        ):
            ours, theirs = await _latencies(deployment, samples)
            steps.done("claimed")
    return Section(
        title="Messages over Kafka",
        rows=[
            Row.of_rounds("messages/s from a full outbox to Kafka", "aiokafka, which has them in memory", rates),
            *_latency_rows(ours, theirs),
        ],
        notes=[f"p50 and p99 in ms: ours {_both(ours)}, aiokafka {_both(theirs)}"],
    )


async def _rates(deployment: Deployment, rounds: int, messages: int, steps: Steps) -> Sequence[float]:
    floor = await _open_floor(deployment)
    await _drained(deployment, backlog(messages // 4, datetime.now(UTC)))
    steps.done("warm")
    rates = []
    for _ in range(rounds):
        left = backlog(messages, datetime.now(UTC))
        ours = await _drained(deployment, left)
        rates.append(await floor.produced(left) / ours)
        steps.done(f"{rates[-1]:.2f} of the floor")
    return rates


class _Floor:
    """Topics of its own on the same broker."""

    def __init__(self, servers: str, prefix: str) -> None:
        self._servers = servers
        self._prefix = prefix

    def record(self, message: Message) -> Record:
        return Record(
            topic=self._prefix + message.topic,
            key=message.key.encode(),
            value=message.payload,
            headers=to_headers(message),
        )

    async def produced(self, messages: Sequence[Message]) -> float:
        """Seconds, in a process of its own."""
        order = Order(servers=self._servers, records=[self.record(message) for message in messages])
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.bare_kafka"), stdin=PIPE, stdout=PIPE
        )
        try:
            async with asyncio.timeout(_PATIENCE):
                answer, _ = await process.communicate(msgspec.json.encode(order))
        except BaseException:
            process.kill()
            await process.wait()
            raise
        return float(answer)

    def pair(self) -> AbstractAsyncContextManager[BarePair]:
        return open_pair(self._servers, self._prefix + STORAGE_TOPIC)

    def lone(self) -> Record:
        """A pointer to a task of its own, for a topic where nothing else goes."""
        pointer = next(message for message in backlog(10, datetime.now(UTC)) if message.topic != LISTING_MEDIA_TOPIC)
        return msgspec.structs.replace(self.record(pointer), topic=self._prefix + STORAGE_TOPIC)


async def _open_floor(deployment: Deployment) -> _Floor:
    settings = deployment.settings
    bare = msgspec.structs.replace(settings, kafka_prefix=f"{settings.kafka_prefix}bare.")
    await create_topics(kafka_cluster(bare), topic_plans(bare))
    assert bare.kafka_servers
    return _Floor(bare.kafka_servers, bare.kafka_prefix)


async def _drained(deployment: Deployment, messages: Sequence[Message]) -> float:
    """Seconds until the last one is published."""
    await put_in(deployment.database, messages)
    started = datetime.now(UTC)
    async with asyncio.timeout(_PATIENCE):
        while await deployment.database.fetchval(_LEFT):  # noqa: ASYNC110 - it is in another process
            await asyncio.sleep(_LOOK_EVERY)
    last: datetime = await deployment.database.fetchval(_LAST)
    await deployment.database.execute("TRUNCATE outbox")
    return (last - started).total_seconds()


async def _latencies(deployment: Deployment, samples: int) -> tuple[Sequence[float], Sequence[float]]:
    """Turn by turn, each while nothing else is under way; the first ones do not count."""
    photo = deployment.stage.folder / "small.jpg"
    Image.effect_noise((320, 240), 40).save(photo)
    floor = await _open_floor(deployment)
    warming = samples // 10
    async with floor.pair() as pair:
        pairs = [
            (await _first_task(deployment, photo), await pair.seconds(floor.lone())) for _ in range(warming + samples)
        ]
    ours, theirs = zip(*pairs[warming:], strict=True)
    return ours, theirs


async def _first_task(deployment: Deployment, photo: Path) -> float:
    """Seconds from the commit of `complete` until its task is claimed and the job has started."""
    uploaded = await deployment.marketplace.uploaded([photo], 1)
    committed: asyncio.Future[datetime] = asyncio.get_running_loop().create_future()

    def hear(*_: object) -> None:
        if not committed.done():
            committed.set_result(datetime.now(UTC))

    await asyncio.sleep(0.1)  # what the upload had to tell is out
    await deployment.database.add_listener(OUTBOX_CHANNEL, hear)
    job = await uploaded.complete()
    at = await asyncio.wait_for(committed, _PATIENCE)
    await deployment.database.remove_listener(OUTBOX_CHANNEL, hear)
    await deployment.settled(job.id)
    started: datetime = await deployment.database.fetchval(_STARTED, UUID(str(job.id)))
    return (started - at).total_seconds()


def _latency_rows(ours: Sequence[float], theirs: Sequence[float]) -> list[Row]:
    mine, other = _percentiles(ours), _percentiles(theirs)
    against = "aiokafka, produce to consume"
    return [
        Row(measure=f"complete to the first task at work, p{at}", against=against, value=mine[at] / other[at])
        for at in mine
    ]


def _percentiles(seconds: Sequence[float]) -> dict[int, float]:
    cut = quantiles(seconds, n=100, method="inclusive")
    return {50: cut[49], 99: cut[98]}


def _both(seconds: Sequence[float]) -> str:
    return " and ".join(f"{1000 * value:.1f}" for value in _percentiles(seconds).values())
