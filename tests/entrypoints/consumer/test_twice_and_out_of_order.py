"""All that arrives from outside, each message twice and in any order, over the real database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.ports.messaging import Delivery
from application.storage.notification import ObjectChange
from application.storage.route_notification import RouteNotification, StorageRoute
from domain.batches.batch import BatchStatus
from domain.batches.object_keys import is_original, is_ours
from domain.errors import Conflict, NotFound
from domain.jobs.job import JobStatus, Provider
from domain.listings.listing import ListingStatus
from entrypoints.consumer.handling import Handler, Outcome
from entrypoints.consumer.listings import ListingMessages
from entrypoints.consumer.pipeline_results import PipelineResults
from entrypoints.consumer.storage.messages import StorageMessages
from tests.application.uploads import photos
from tests.application.world import World
from tests.builders import IDS, NOW, build_booking, build_listing
from tests.entrypoints.consumer.deliveries import cloud_event
from tests.entrypoints.consumer.storage.shapes import event_bridge, s3, s3_record
from tests.entrypoints.consumer.test_pipeline_results import report_on
from tests.postgres_databases import PostgresDatabases

SECOND = timedelta(seconds=1)
CONSUMERS = 4


@pytest.fixture(scope="module")
async def begin(postgres_databases: PostgresDatabases) -> AsyncIterator[PostgresUnitOfWorkFactory]:
    async with postgres_databases.fresh() as dsn:
        engine = open_engine(dsn)
        yield PostgresUnitOfWorkFactory(engine, IDS)
        await engine.dispose()


@pytest.fixture
def world(tmp_path: Path, begin: PostgresUnitOfWorkFactory) -> World:
    world = World(tmp_path / "work", provider=Provider.EXTERNAL)
    world.begin, world.ids = begin, IDS
    return world


@pytest.fixture(params=range(3))
def random(request: pytest.FixtureRequest) -> Random:
    return Random(request.param)


async def deliver(handle: Handler, deliveries: Sequence[Delivery], random: Random) -> list[Outcome]:
    """Each twice, in any order, to several consumers at once; what may yet succeed is tried again, as the loop does."""
    waiting = [*deliveries, *deliveries]
    random.shuffle(waiting)
    outcomes = []

    async def consume() -> None:
        while waiting:
            delivery = waiting.pop()
            try:
                outcomes.append(await handle(delivery))
            except (Conflict, NotFound):
                waiting.insert(0, delivery)
                await asyncio.sleep(0.005)

    await asyncio.gather(*(consume() for _ in range(CONSUMERS)))
    return outcomes


def booking_body(**changes: Any) -> dict[str, Any]:
    made = build_booking()
    return {
        "id": str(made.id),
        "photographerId": str(made.photographer_id),
        "status": made.status,
        "scheduledAt": made.scheduled_at.isoformat(),
        **changes,
    }


async def test_listings_end_as_the_order_of_time_has_it(world: World, random: Random) -> None:
    handle = ListingMessages(take_listing=world.take_listing_facts, take_booking=world.take_booking_facts)
    model = build_listing()
    names = {"listingId": str(model.id), "storeId": str(model.store_id)}
    first, second = booking_body(), booking_body()
    whole = names | {"ownerId": str(model.owner_id), "kind": "PROPERTY", "status": "DRAFT", "bookings": [first]}
    words = [
        ("vitrine.listing.upserted", whole),
        ("vitrine.booking.upserted", names | {"booking": first | {"status": "ACTIVE"}}),
        ("vitrine.booking.upserted", names | {"booking": second | {"status": "PENDING"}}),
        ("vitrine.listing.upserted", whole | {"status": "PENDING_PHOTO_PROCESSING", "bookings": [first, second]}),
        ("vitrine.booking.upserted", names | {"booking": second | {"status": "CANCELLED"}}),
        ("vitrine.booking.upserted", names | {"booking": first | {"status": "ACTIVE"}}),
        ("vitrine.booking.upserted", names | {"booking": second | {"status": "DONE"}}),
    ]
    messages = [cloud_event(kind, data, time=NOW + place * SECOND) for place, (kind, data) in enumerate(words)]

    await deliver(handle, messages, random)

    stored = await world.current_listing(model.id)
    assert (stored.status, stored.facts_as_of) == (ListingStatus.PENDING_PHOTO_PROCESSING, NOW + 3 * SECOND)
    assert {str(booking.id): (booking.status, booking.as_of) for booking in stored.bookings} == {
        first["id"]: ("ACTIVE", NOW + 5 * SECOND),
        second["id"]: ("DONE", NOW + 6 * SECOND),
    }


async def test_of_a_report_one_delivery_counts(world: World, random: Random) -> None:
    handle = PipelineResults(apply_callback=world.apply_callback, telemetry=world.telemetry, log=world.log)
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))
    report = await report_on(world, batch_id)
    running = report | {"status": "RUNNING", "outputs": [], "zip": None}
    reports = [cloud_event("vitrine.pipeline.reported", each) for each in (running, running, report, report)]

    outcomes = await deliver(handle, reports, random)

    assert (await world.batch(batch_id)).status is BatchStatus.READY
    [job] = await world.jobs(batch_id)
    assert (job.status, job.done, job.failed) == (JobStatus.SUCCEEDED, 2, 0)
    assert len(outcomes) == 8
    assert 1 <= outcomes.count(Outcome.APPLIED) <= 3


async def test_arrivals_are_noted_and_each_loss_is_told_once(world: World, random: Random) -> None:
    route = RouteNotification(
        bucket="vitrine",
        routes=[
            StorageRoute(change=ObjectChange.CREATED, owns=is_original, take=world.note_arrival),
            StorageRoute(change=ObjectChange.REMOVED, owns=is_ours, take=world.note_removal),
        ],
    )
    handle = StorageMessages(route=route)
    await world.open_listing()
    files = photos("one", "two", "three")
    opened = await world.announce(files)
    world.upload(opened.tickets, files)
    one, two, three = [asset.key for asset in await world.assets(opened.batch.id)]
    arrivals = [
        s3(s3_record("ObjectCreated:Put", one), s3_record("ObjectCreated:Put", two)),
        event_bridge("Object Created", three),
        replace(s3(s3_record("ObjectCreated:Put", one, sequencer=None)), place="0/7"),
    ]

    await deliver(handle, arrivals, random)

    assert all(asset.arrived_at is not None for asset in await world.assets(opened.batch.id))
    await world.complete(opened.batch.id)
    del world.bucket.objects[one], world.bucket.objects[three]
    removals = [
        s3(*(s3_record("ObjectRemoved:Delete", key, sequencer="0055AED6DCD90281E6") for key in (one, two))),
        event_bridge("Object Deleted", three),
        s3(s3_record("ObjectRemoved:Delete", one, bucket="other")),
    ]

    await deliver(handle, [*arrivals, *removals], random)

    while await world.relay_outbox():
        pass
    assert len(world.publisher.of("vitrine.object.lost")) == 2
    assert sorted(world.telemetry.of("object_lost")) == ["original", "original"]
    assert (await world.batch(opened.batch.id)).status is BatchStatus.RECEIVED
