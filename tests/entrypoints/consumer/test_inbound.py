"""The handlers as a consumer process has them: wired by the container, over PostgreSQL and a real store."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from adapters.s3.address import BucketAddress
from adapters.s3.connection import S3Connection
from application.ports.messaging import Delivery
from application.storage.notification import ObjectChange
from domain.assets.asset import Asset
from domain.checksum import Checksum
from domain.ids import ListingId
from domain.listings.listing import ListingStatus
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import rendition_key
from entrypoints.consumer.handling import Handler, Outcome
from entrypoints.consumer.inbound import inbound_handlers
from entrypoints.resources import Resources, open_resources
from entrypoints.role import Role
from entrypoints.services import Services
from entrypoints.settings import Settings
from entrypoints.vitrine import wire
from tests.builders import (
    IDS,
    NOW,
    OWNER,
    STORE,
    build_asset,
    build_batch,
    build_blob,
    build_listing,
    build_media,
    populated_media,
    ready_media,
)
from tests.contracts.stored import read, store
from tests.entrypoints.consumer.deliveries import cloud_event
from tests.entrypoints.consumer.storage.shapes import entry as filer_entry
from tests.entrypoints.consumer.storage.shapes import filer, s3_record
from tests.entrypoints.consumer.storage.shapes import s3 as s3_message


@pytest.fixture
async def resources(
    postgres_dsn: str, bucket_address: BucketAddress, s3: S3Connection
) -> AsyncIterator[tuple[Resources, Settings]]:
    settings = Settings(s3_bucket=bucket_address.bucket)
    services = Services(database_url=postgres_dsn, bucket=bucket_address, public_bucket=bucket_address)
    async with open_resources(settings, services, Role.CONSUMER) as opened:
        yield opened, settings


@pytest.fixture
def handlers(resources: tuple[Resources, Settings]) -> dict[str, Handler]:
    opened, settings = resources
    return dict(inbound_handlers(wire(settings, opened), opened, settings))


async def put_away(opened: Resources, folder: Path, **changes: Any) -> Asset:
    """An asset of a stored batch."""
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    asset = build_asset(batch, **changes)
    await store(opened.begin, listing, batch, asset)
    body = folder / "body"
    body.write_bytes(b"a photo")
    await opened.store.upload(asset.key, body, content_type="image/jpeg")
    return asset


async def test_a_listing_is_taken_over(resources: tuple[Resources, Settings], handlers: dict[str, Handler]) -> None:
    listing_id = ListingId(IDS.new())
    told = {
        "listingId": str(listing_id),
        "storeId": str(STORE),
        "ownerId": str(OWNER),
        "kind": "PROPERTY",
        "status": "DRAFT",
        "bookings": [],
    }
    now = datetime.now(UTC)
    handle = handlers["vitrine.listings.v1"]

    assert await handle(cloud_event("vitrine.listing.upserted", told, time=now)) is Outcome.APPLIED
    assert await handle(cloud_event("vitrine.listing.upserted", told, time=now)) is Outcome.IGNORED

    async with resources[0].begin() as tx:
        stored = await tx.listings.find(listing_id)
    assert stored is not None
    assert (stored.status, stored.facts_as_of) == (ListingStatus.DRAFT, now)


async def test_an_upload_is_seen_to_arrive_and_to_go(
    resources: tuple[Resources, Settings], handlers: dict[str, Handler], tmp_path: Path
) -> None:
    opened, settings = resources
    asset = await put_away(opened, tmp_path)
    handle = handlers["vitrine.storage.v1"]
    path = f"/buckets/{settings.s3_bucket}/{asset.key}"

    assert await handle(filer(path, new=filer_entry("a"))) is Outcome.APPLIED
    arrived = await read(opened.begin, asset)
    assert isinstance(arrived, Asset)
    assert arrived.arrived_at is not None
    assert abs(arrived.arrived_at - datetime.now(UTC)) < timedelta(minutes=1)

    await opened.store.delete([asset.key])
    assert await handle(filer(path, old=filer_entry("a"))) is Outcome.APPLIED
    gone = await read(opened.begin, asset)
    assert isinstance(gone, Asset)
    assert gone.arrived_at is None


async def test_a_loss_is_told_once_the_store_has_confirmed_it(
    resources: tuple[Resources, Settings], handlers: dict[str, Handler], tmp_path: Path, postgres_dsn: str
) -> None:
    opened, settings = resources
    asset = await put_away(opened, tmp_path, etag="received")
    handle = handlers["vitrine.storage.v1"]
    notification = s3_message(s3_record("ObjectRemoved:Delete", asset.key, bucket=settings.s3_bucket))

    assert await handle(notification) is Outcome.IGNORED
    await opened.store.delete([asset.key])
    assert [await handle(notification) for _ in range(2)] == [Outcome.APPLIED, Outcome.IGNORED]

    connection = await asyncpg.connect(postgres_dsn, timeout=5)
    told = await connection.fetch("SELECT key FROM outbox WHERE type = 'vitrine.object.lost'")
    await connection.close(timeout=5)
    assert [row["key"] for row in told] == [str(asset.batch_id)]
    assert opened.telemetry.registry.get_sample_value("media_objects_lost_total", {"kind": "original"}) == 1
    assert opened.telemetry.registry.get_sample_value("media_objects_lost_total", {"kind": "archive"}) == 0


async def test_bytes_of_the_library_that_vanish_lead_to_the_deletion_worker(
    resources: tuple[Resources, Settings], handlers: dict[str, Handler]
) -> None:
    opened, settings = resources
    blob = build_blob()
    media = ready_media(blob)
    await store(opened.begin, blob, media)
    handle = handlers["vitrine.storage.v1"]

    assert await handle(_removed(blob.key, settings)) is Outcome.APPLIED
    assert await handle(_removed(blob.key, settings)) is Outcome.IGNORED

    found = await read(opened.begin, media)
    assert isinstance(found, Media)
    assert found.status is MediaStatus.DELETE_REQUESTED


async def test_bytes_that_come_back_end_the_quarantine(
    resources: tuple[Resources, Settings], handlers: dict[str, Handler]
) -> None:
    opened, settings = resources
    body = b"bytes of a license"
    blob = build_blob(checksum=Checksum(sha256(body).digest()), size=len(body))
    media = ready_media(blob, quarantined_at=NOW)
    await store(opened.begin, blob, media)
    handle = handlers["vitrine.storage.v1"]
    created = s3_message(s3_record("ObjectCreated:Put", blob.key, bucket=settings.s3_bucket))

    assert await handle(created) is Outcome.IGNORED
    await opened.store.put(blob.key, body, content_type="image/jpeg", checksum=blob.checksum)
    assert await handle(created) is Outcome.APPLIED

    found = await read(opened.begin, media)
    assert isinstance(found, Media)
    assert found.quarantined_at is None


async def test_a_rendition_of_the_library_that_vanishes_is_an_alarm(
    resources: tuple[Resources, Settings], handlers: dict[str, Handler]
) -> None:
    opened, settings = resources
    media = build_media(status=MediaStatus.READY, renditions=populated_media().renditions)
    key = rendition_key(STORE, media.id, "thumbnail", fence="1", extension="jpg")
    media.renditions = (replace(media.renditions[0], key=key),)
    await store(opened.begin, media)

    assert await handlers["vitrine.storage.v1"](_removed(key, settings)) is Outcome.APPLIED

    assert opened.telemetry.registry.get_sample_value("media_objects_lost_total", {"kind": "rendition"}) == 1


def _removed(key: str, settings: Settings) -> Delivery:
    return s3_message(s3_record("ObjectRemoved:Delete", key, bucket=settings.s3_bucket))


async def test_no_key_is_owned_by_two(resources: tuple[Resources, Settings]) -> None:
    opened, settings = resources
    media, blob, asset = build_media(), build_blob(), build_asset()
    rendition = rendition_key(STORE, media.id, "thumbnail", fence="1", extension="jpg")
    routes = wire(settings, opened).storage_routes()
    for key, owners in {
        asset.key: {ObjectChange.CREATED: 1, ObjectChange.REMOVED: 1},
        blob.key: {ObjectChange.CREATED: 1, ObjectChange.REMOVED: 1},
        rendition: {ObjectChange.CREATED: 0, ObjectChange.REMOVED: 1},
        media.storage_key: {ObjectChange.CREATED: 0, ObjectChange.REMOVED: 0},
    }.items():
        for change, number in owners.items():
            assert len([route for route in routes if route.change is change and route.owns(key)]) == number, key


async def test_topics_have_handlers(handlers: dict[str, Handler]) -> None:
    assert set(handlers) == {"vitrine.listings.v1", "vitrine.pipeline-results.v1", "vitrine.storage.v1"}
    with pytest.raises(Exception, match="specversion"):
        await handlers["vitrine.pipeline-results.v1"](s3_message())
