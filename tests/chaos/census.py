"""What must be true after any fault: counted in the database, in Kafka, in the answers of the API and in the bucket."""

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

import asyncpg

from application.events.routing import LISTING_MEDIA_TOPIC
from tests.chaos.insisting import insist
from tests.chaos.stream import SETTLED, Shoot, Stream
from tests.chaos.topics import Lying, read_topics
from tests.stack.stack import Stack
from tests.system.waiting import eventually

_PICTURES = {"thumbnail", "small", "medium", "large", "original"}
_PUBLISHED_WITHIN = 60.0

_STUCK = "SELECT id, kind, status FROM tasks WHERE batch_id = ANY($1) AND status NOT IN ('DONE', 'DEAD')"
_JOBS = "SELECT batch_id, total, done, failed, status FROM listing_media_jobs WHERE batch_id = ANY($1)"
_TASKS = "SELECT batch_id, count(*), max(attempt) AS attempts FROM tasks WHERE batch_id = ANY($1) GROUP BY batch_id"
_RENDITIONS = "SELECT batch_id, client_id, renditions FROM listing_media_assets WHERE batch_id = ANY($1)"
_UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL AND available_at <= now()"
_OUTBOX = "SELECT position, message_id::text AS id, topic, key, type FROM outbox WHERE key = ANY($1) ORDER BY position"


@dataclass(slots=True, kw_only=True)
class Census:
    """`findings` are what must not be; the rest says how much was looked at."""

    batches: int = 0
    ready: int = 0
    failed: int = 0
    renditions: int = 0
    events: int = 0
    repeated: int = 0
    attempts: int = 0
    findings: list[str] = field(default_factory=list)

    def expect(self, truth: object, finding: str) -> None:
        if not truth:
            self.findings.append(finding)


async def take_census(stack: Stack, stream: Stream, *, kafka: tuple[str, str], within: float) -> Census:
    """Of all that the stream has delivered. `kafka` are servers and prefix."""
    census = Census(batches=len(stream.shoots))
    for shoot in await stream.settled(within=within):
        census.findings.append(f"batch {shoot.batch_id} is {shoot.status} for ever: {shoot.report.get('processing')}")
    async with _connected(stack.dsn()) as database:
        await _count_batches(census, stream.shoots)
        await _count_work(census, database, stream.shoots)
        await _published(census, database)
        await _count_events(census, database, stream.shoots, await read_topics(*kafka))
    for shoot in stream.shoots:
        await _count_answers(census, stream, shoot)
    return census


async def _count_batches(census: Census, shoots: Sequence[Shoot]) -> None:
    for shoot in shoots:
        if shoot.status not in SETTLED:
            continue
        code = shoot.report["batch"].get("failureCode")
        census.ready += shoot.status == "READY"
        census.failed += shoot.status == "FAILED"
        if shoot.bad is None:
            census.expect(shoot.status == "READY", f"batch {shoot.batch_id} of good files FAILED with {code}")
        else:
            census.expect(
                (shoot.status, code) == ("FAILED", shoot.bad), f"batch {shoot.batch_id}: {shoot.status} {code}"
            )


async def _count_work(census: Census, database: Any, shoots: Sequence[Shoot]) -> None:
    ids = [UUID(shoot.batch_id) for shoot in shoots]
    sizes = {UUID(shoot.batch_id): len(shoot.files) for shoot in shoots}
    for task in await database.fetch(_STUCK, ids):
        census.findings.append(f"task {task['id']} ({task['kind']}) is {task['status']} though its batch has settled")
    jobs = Counter[UUID]()
    for job in await database.fetch(_JOBS, ids):
        jobs[job["batch_id"]] += 1
        census.expect(job["done"] + job["failed"] == job["total"], f"a job counts {dict(job)}")
    census.expect(all(jobs[batch_id] == 1 for batch_id in ids), f"a batch has several runs, or none: {jobs}")
    for row in await database.fetch(_TASKS, ids):
        census.attempts = max(census.attempts, row["attempts"])
        census.expect(row["count"] == sizes[row["batch_id"]] + 1, f"batch {row['batch_id']} has {row['count']} tasks")
    for row in await database.fetch(_RENDITIONS, ids):
        names = Counter(rendition["name"] for rendition in json.loads(row["renditions"]))
        census.renditions += sum(names.values())
        census.expect(all(n == 1 for n in names.values()), f"{row['client_id']} has a rendition twice: {names}")


async def _published(census: Census, database: Any) -> None:
    async def drained() -> bool:
        return int(await database.fetchval(_UNPUBLISHED)) == 0

    try:
        await eventually(drained, within=_PUBLISHED_WITHIN, expecting="the outbox is drained", every=0.3)
    except AssertionError:
        census.findings.append(f"{await database.fetchval(_UNPUBLISHED)} messages stay in the outbox")


async def _count_events(census: Census, database: Any, shoots: Sequence[Shoot], lying: Sequence[Lying]) -> None:
    keys = [key for shoot in shoots for key in (shoot.batch_id, str(shoot.listing_id))]
    said: Mapping[str, list[Any]] = defaultdict(list)
    for row in await database.fetch(_OUTBOX, keys):
        said[row["key"]].append(row)
    heard: Mapping[str, list[str]] = defaultdict(list)
    for record in sorted(lying, key=lambda record: (record.topic, record.partition, record.offset)):
        if record.topic == LISTING_MEDIA_TOPIC and not record.again:
            heard[record.key].append(record.id)
    for shoot in shoots:
        types = Counter(row["type"].removeprefix("vitrine.") for row in said[shoot.batch_id])
        ending = "batch.ready" if shoot.status == "READY" else "batch.failed"
        for once in ("batch.opened", "batch.received", "job.requested", "job.finished", ending):
            census.expect(types[once] == 1, f"batch {shoot.batch_id} said {once} {types[once]} times")
        approvals = sum(row["type"] == "vitrine.listing.awaits-approval" for row in said[str(shoot.listing_id)])
        census.expect(approvals == (shoot.status == "READY"), f"listing {shoot.listing_id} moved on {approvals} times")
        for key in (shoot.batch_id, str(shoot.listing_id)):
            _compare(census, key, [row["id"] for row in said[key]], heard[key])


def _compare(census: Census, key: str, said: Sequence[str], heard: Sequence[str]) -> None:
    """What was committed is heard, each in its turn; a repetition is allowed."""
    first = list(dict.fromkeys(heard))
    census.events += len(first)
    census.repeated += len(heard) - len(first)
    census.expect(set(said) <= set(first), f"{key}: {len(set(said) - set(first))} events were lost")
    census.expect(set(first) <= set(said), f"{key}: {len(set(first) - set(said))} events were invented")
    census.expect(first == list(said) or set(first) != set(said), f"{key}: events came in another order")


async def _count_answers(census: Census, stream: Stream, shoot: Shoot) -> None:
    """Each rendition exactly once in the answers, and what it points to is there."""
    if shoot.status not in SETTLED:
        return
    caller = stream.people.photographer.caller
    answer = await insist(
        lambda: caller.downloads(shoot.listing_id, shoot.batch_id), {HTTPStatus.OK, HTTPStatus.CONFLICT}
    )
    if answer.status_code == HTTPStatus.CONFLICT:
        census.expect(shoot.bad is not None, f"batch {shoot.batch_id}: no downloads")
        return
    items = [item for group in answer.json()["downloads"] if group["type"] != "ZIP_FULL" for item in group["items"]]
    census.expect(len({item["assetId"] for item in items}) == len(items), f"batch {shoot.batch_id}: an item twice")
    census.expect(len(items) == len(shoot.files), f"batch {shoot.batch_id}: {len(items)} items")
    for item in items:
        urls = {name: url for name, url in (item.get("renditions") or {}).items() if url}
        missing = set() if item.get("error") or item.get("reason") else _PICTURES - set(urls) - {"original"}
        census.expect(not missing, f"batch {shoot.batch_id}: {item['assetId']} lacks {missing}")
        for url in list(urls.values())[:2]:
            await insist(lambda url=url: stream.people.web.get(url), {HTTPStatus.OK}, within=30)  # type: ignore[misc]


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Any]:
    database = await asyncpg.connect(dsn, timeout=10, command_timeout=30)
    try:
        yield database
    finally:
        await database.close(timeout=5)
