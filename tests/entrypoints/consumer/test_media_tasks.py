"""What is derived from media as a worker process does it: over PostgreSQL, a real store, and real decoders."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.s3.address import BucketAddress
from adapters.s3.connection import S3Connection
from application.media.derivative_planner import DerivativePlanner
from application.media.media_handler import ClaimedMedia
from application.processing.lease_keeper import Lease
from domain.assets.failure import FailureCode
from domain.assets.rendition import IMAGE_WIDTHS, RenditionName
from domain.checksum import Checksum
from domain.ids import MediaId, TaskId
from domain.jobs.task import LeaseLost, RetryPolicy, Stage, Task, TaskKind, TaskStatus
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import blob_key
from entrypoints.parts import relay, workers
from entrypoints.resources import open_resources
from entrypoints.role import Role
from entrypoints.services import Services
from entrypoints.settings import Settings
from entrypoints.vitrine import Vitrine, wire
from entrypoints.worker_kind import WorkerKind
from tests import media as samples
from tests.application.media.uploaded import arrived, media_now
from tests.builders import STORE
from tests.entrypoints.consumer.workbench import running, until

PATIENCE = 100.0
POSTERS = set(IMAGE_WIDTHS)


@pytest.fixture
async def vitrine(
    postgres_dsn: str, bucket_address: BucketAddress, s3: S3Connection, tmp_path: Path
) -> AsyncIterator[Vitrine]:
    """A worker that is gone for a second has lost its task."""
    settings = Settings(s3_bucket=bucket_address.bucket, work_dir=str(tmp_path), decoders=1, lease=1)
    services = Services(database_url=postgres_dsn, bucket=bucket_address, public_bucket=bucket_address)
    async with open_resources(settings, services, Role.WORKER) as resources:
        yield Vitrine(settings=settings, services=services, resources=resources, container=wire(settings, resources))


async def brought(vitrine: Vitrine, body: bytes, mime_type: str) -> Media:
    """A media of a store; its task waits."""
    checksum = Checksum(sha256(body).digest())
    resources = vitrine.resources
    await resources.store.put(blob_key(STORE, checksum), body, content_type=mime_type, checksum=checksum)
    planner = DerivativePlanner(ids=resources.ids, retry=RetryPolicy())
    return await arrived(resources.begin, planner, body, mime_type, now=datetime.now(UTC))


async def ended(vitrine: Vitrine, media_id: MediaId) -> Media:
    """As it is once no worker has anything to do with it any more."""
    begin = vitrine.resources.begin

    async def has_ended() -> bool:
        return (await media_now(begin, media_id)).status is not MediaStatus.UPLOADED

    async with running(relay(vitrine), *workers(vitrine, [WorkerKind.IMAGE, WorkerKind.VIDEO])):
        await until(has_ended, within=PATIENCE)
    return await media_now(begin, media_id)


async def only_task(vitrine: Vitrine) -> TaskId:
    async with vitrine.resources.begin() as tx:
        (found,) = [
            task_id
            for kind in TaskKind
            for task_id in await tx.leases.waiting(kind, available_before=datetime.now(UTC), limit=9)
        ]
    return found


async def task_now(vitrine: Vitrine, task_id: TaskId) -> Task:
    async with vitrine.resources.begin() as tx:
        task = await tx.tasks.find(task_id)
    assert task is not None
    return task


@pytest.mark.parametrize(
    ("build", "mime_type", "names"),
    [
        (samples.jpeg, "image/jpeg", POSTERS),
        (samples.gif, "image/gif", POSTERS),
        (samples.pdf, "application/pdf", POSTERS),
        (
            lambda: samples.webm(160, 90, seconds=0.5),
            "video/webm",
            POSTERS | {RenditionName.MP4_720P, RenditionName.HLS, RenditionName.HLS_720P, RenditionName.HLS_720P_MEDIA},
        ),
    ],
)
async def test_renditions_lie_in_the_store(
    vitrine: Vitrine, build: Callable[[], bytes], mime_type: str, names: set[RenditionName]
) -> None:
    media = await brought(vitrine, build(), mime_type)

    ready = await ended(vitrine, media.id)

    assert (ready.status, ready.failure) == (MediaStatus.READY, None)
    assert {rendition.name for rendition in ready.renditions} == names
    assert ready.facts is not None
    assert ready.facts.thumbhash
    assert ready.facts.pages == (1 if mime_type == "application/pdf" else None)
    for rendition in ready.renditions:
        stored = await vitrine.resources.store.head(rendition.key)
        assert stored is not None
        assert (stored.size, stored.checksum) == (rendition.size, rendition.checksum)


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda: samples.truncated(samples.jpeg()), FailureCode.UNREADABLE_MEDIA),
        (samples.png_bomb, FailureCode.PIXEL_LIMIT_EXCEEDED),
        (samples.text, FailureCode.CONTENT_TYPE_MISMATCH),
    ],
)
async def test_what_cannot_be_decoded_fails_with_the_reason(
    vitrine: Vitrine, build: Callable[[], bytes], code: FailureCode
) -> None:
    media = await brought(vitrine, build(), "image/png" if build is samples.png_bomb else "image/jpeg")

    failed = await ended(vitrine, media.id)

    assert failed.status is MediaStatus.FAILED
    assert failed.failure is not None
    assert failed.failure.code is code
    assert failed.renditions == ()


async def test_a_result_that_comes_too_late_is_refused_and_overwrites_nothing(vitrine: Vitrine) -> None:
    media = await brought(vitrine, samples.jpeg(), "image/jpeg")
    container, resources = vitrine.container, vitrine.resources
    task_id = await only_task(vitrine)
    claimed = await container.claim_task()(task_id, worker="taken for dead")
    assert isinstance(claimed, ClaimedMedia)
    made = await container.handlers().media.attempt(claimed, Lease(Stage.VALIDATE, resources.tracing))

    async def is_recovered() -> bool:
        return bool(await container.recover_tasks()())

    await until(is_recovered)
    ready = await ended(vitrine, media.id)
    with pytest.raises(LeaseLost):
        await container.finish_task()(claimed.task, made)

    assert ready.status is MediaStatus.READY
    assert await media_now(resources.begin, media.id) == ready
    task = await task_now(vitrine, task_id)
    assert (task.status, task.attempt) == (TaskStatus.DONE, 2)
    keys = {rendition.key for rendition in ready.renditions}
    assert {rendition.key.replace(f"{task_id}-1", f"{task_id}-2") for rendition in made.renditions} == keys
    assert keys.isdisjoint(rendition.key for rendition in made.renditions)
    assert None not in [await resources.store.head(key) for key in keys]


async def test_a_worker_that_has_lost_its_task_stops_and_changes_nothing(vitrine: Vitrine) -> None:
    media = await brought(vitrine, samples.jpeg(), "image/jpeg")
    claimed = await vitrine.container.claim_task()(await only_task(vitrine), worker="taken for dead")

    async def is_recovered() -> bool:
        return bool(await vitrine.container.recover_tasks()())

    await until(is_recovered)
    ready = await ended(vitrine, media.id)
    await vitrine.container.work_on_task()(claimed)

    assert ready.status is MediaStatus.READY
    assert await media_now(vitrine.resources.begin, media.id) == ready
