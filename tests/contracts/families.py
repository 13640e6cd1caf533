"""Every kind of aggregate, with all that it hangs from, for suites that hold each of them to the same rules."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.dead_letters.dead_letter import LetterStatus
from domain.events import Aggregate
from domain.listings.booking import BookingStatus
from domain.listings.listing import ListingKind, ListingStatus
from domain.media.kind import MediaKind
from tests.builders import (
    NOW,
    build_asset,
    build_batch,
    build_blob,
    build_booking,
    build_job,
    build_listing,
    build_media,
    build_media_work,
    build_task,
    populated_asset,
    populated_batch,
    populated_dead_letter,
    populated_job,
    populated_media,
    populated_task,
)


@dataclass(frozen=True, kw_only=True)
class Family:
    """`young` and `old` are one aggregate, same id, with every field that may change changed in between."""

    parents: list[Aggregate]
    young: Aggregate
    old: Aggregate


def listing_family() -> Family:
    young = build_listing()
    old = build_listing(
        id=young.id,
        owner_id=build_listing().id,
        kind=ListingKind.DEVELOPMENT,
        status=ListingStatus.REJECTED_BY_OWNER,
        bookings=(
            build_booking(id=young.bookings[0].id, status=BookingStatus.CANCELLED, scheduled_at=NOW),
            build_booking(photographer_id=young.id, status=BookingStatus.ACTIVE, as_of=NOW + timedelta(minutes=50)),
            build_booking(scheduled_at=NOW - timedelta(days=9)),
        ),
        facts_as_of=NOW + timedelta(minutes=40),
        facts_digest=bytes(range(32)),
        advanced_at=NOW + timedelta(minutes=30),
        updated_at=NOW + timedelta(hours=1),
    )
    return Family(parents=[], young=young, old=old)


def batch_family() -> Family:
    listing = build_listing()
    young = build_batch(listing_id=listing.id)
    old = populated_batch(
        id=young.id,
        listing_id=listing.id,
        reference="second look",
        manifest_digest=bytes(32),
        carries_photos=False,
        file_count=1,
        total_bytes=2**40,
        expires_at=NOW + timedelta(hours=1),
        deleted_at=None,
    )
    return Family(parents=[listing], young=young, old=old)


def asset_family() -> Family:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    young = build_asset(batch)
    old = populated_asset(
        batch,
        id=young.id,
        client_id=young.client_id,
        filename="größe.png",
        content_type="image/png",
        size=2**40,
        sequence=7,
        title=None,
    )
    return Family(parents=[listing, batch], young=young, old=old)


def job_family() -> Family:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    young = build_job(batch, trace=populated_job().trace)
    old = populated_job(batch, id=young.id, total=3, estimated_seconds=99)
    return Family(parents=[listing, batch], young=young, old=old)


def task_family() -> Family:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    job = build_job(batch)
    young = build_task(job)
    old = populated_task(job, id=young.id, kind=young.kind, work=young.work, max_attempts=9)
    return Family(parents=[listing, batch, job], young=young, old=old)


def media_task_family() -> Family:
    young = build_task(work=build_media_work())
    old = populated_task(id=young.id, kind=young.kind, work=young.work, max_attempts=9)
    return Family(parents=[], young=young, old=old)


def dead_letter_family() -> Family:
    old = populated_dead_letter()
    young = replace(old, status=LetterStatus.OPEN, resolved_at=None, resolved_by=None)
    return Family(parents=[], young=young, old=old)


def media_family() -> Family:
    blob = build_blob()
    # The ledger alone moves usage_count.
    young = build_media(kind=MediaKind.LICENSE_DOC, usage_count=3)
    old = populated_media(id=young.id, blob_id=blob.id)
    return Family(parents=[blob], young=young, old=old)


def blob_family() -> Family:
    young = build_blob()
    old = replace(young, holders=2, condemned_at=None, collecting_since=NOW)
    return Family(parents=[], young=young, old=old)


FAMILIES: dict[str, Callable[[], Family]] = {
    "listing": listing_family,
    "batch": batch_family,
    "asset": asset_family,
    "job": job_family,
    "task": task_family,
    "task of a media": media_task_family,
    "dead letter": dead_letter_family,
    "media": media_family,
    "blob": blob_family,
}
