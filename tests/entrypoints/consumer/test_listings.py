"""What the marketplace publishes: late, twice, in any order, and not always right."""

import json
import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.events.cloud_events import NotACloudEvent
from application.listings.take_listing_facts import TakeListingFacts
from application.ports.messaging import Delivery
from domain.errors import Rejected
from domain.ids import ListingId
from domain.listings.errors import FactsFromTheFuture, ListingNotFound, ListingOfAnotherStore
from domain.listings.listing import ListingStatus
from entrypoints.consumer.handling import Outcome
from entrypoints.consumer.listings import ListingMessages
from tests.application.world import World
from tests.builders import IDS, NOW, OWNER, PHOTOGRAPHER, STORE
from tests.entrypoints.consumer.deliveries import cloud_event, delivered

LISTING = "vitrine.listing.upserted"
BOOKING = "vitrine.booking.upserted"
SECOND = timedelta(seconds=1)


def booking(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(IDS.new()),
        "photographerId": str(PHOTOGRAPHER),
        "status": "DONE",
        "scheduledAt": "2025-05-03T10:00:00+02:00",
        **changes,
    }


def listing(**changes: Any) -> dict[str, Any]:
    return {
        "listingId": str(IDS.new()),
        "storeId": str(STORE),
        "ownerId": str(OWNER),
        "kind": "PROPERTY",
        "status": "PENDING_PHOTO_PROCESSING",
        "bookings": [booking()],
        **changes,
    }


def one(told: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A word on one booking of the listing."""
    return {"listingId": told["listingId"], "storeId": told["storeId"], "booking": booking(**changes)}


@pytest.fixture
def handle(world: World) -> ListingMessages:
    return ListingMessages(take_listing=world.take_listing_facts, take_booking=world.take_booking_facts)


def violations(refused: pytest.ExceptionInfo[Rejected]) -> set[tuple[str, str]]:
    return {(violation.pointer, violation.code) for violation in refused.value.violations}


async def test_a_listing_and_its_bookings_are_taken_over(world: World, handle: ListingMessages) -> None:
    told = listing()

    assert await handle(cloud_event(LISTING, told)) is Outcome.APPLIED

    stored = await world.current_listing(_id(told))
    assert (stored.store_id, stored.owner_id, stored.status) == (STORE, OWNER, "PENDING_PHOTO_PROCESSING")
    assert stored.facts_as_of == NOW
    [appointment] = stored.bookings
    assert (appointment.photographer_id, appointment.status) == (PHOTOGRAPHER, "DONE")
    assert appointment.scheduled_at.isoformat() == "2025-05-03T08:00:00+00:00"


def _id(told: dict[str, Any]) -> ListingId:
    return ListingId(UUID(told["listingId"]))


async def test_a_booking_is_taken_over_by_itself(world: World, handle: ListingMessages) -> None:
    told = listing(bookings=[])
    await handle(cloud_event(LISTING, told))

    assert await handle(cloud_event(BOOKING, one(told, status="ACTIVE"), time=NOW + SECOND)) is Outcome.APPLIED

    [appointment] = (await world.current_listing(_id(told))).bookings
    assert (appointment.status, appointment.as_of) == ("ACTIVE", NOW + SECOND)


async def test_a_booking_of_a_listing_that_is_not_known_may_yet_find_it(handle: ListingMessages) -> None:
    told = listing()
    early = cloud_event(BOOKING, one(told), time=NOW + SECOND)

    with pytest.raises(ListingNotFound):
        await handle(early)
    await handle(cloud_event(LISTING, told))

    assert await handle(early) is Outcome.APPLIED


@pytest.mark.parametrize("kind", [LISTING, BOOKING])
async def test_the_same_message_again_says_nothing_new(world: World, handle: ListingMessages, kind: str) -> None:
    told = listing()
    await handle(cloud_event(LISTING, told))
    message = cloud_event(kind, told if kind == LISTING else one(told), time=NOW + SECOND)
    assert await handle(message) is Outcome.APPLIED
    before = await world.current_listing(_id(told))

    assert await handle(message) is Outcome.IGNORED

    assert await world.current_listing(_id(told)) == before


@pytest.mark.parametrize("kind", [LISTING, BOOKING])
async def test_what_is_older_changes_nothing(world: World, handle: ListingMessages, kind: str) -> None:
    told = listing()
    await handle(cloud_event(LISTING, told))
    before = await world.current_listing(_id(told))
    older = told | {"status": "DRAFT", "bookings": []} if kind == LISTING else one(told)

    assert await handle(cloud_event(kind, older, time=NOW - SECOND)) is Outcome.IGNORED

    assert await world.current_listing(_id(told)) == before


async def test_a_message_that_media_overtook_does_not_ask_for_photos_again(
    world: World, handle: ListingMessages
) -> None:
    told = listing()
    await handle(cloud_event(LISTING, told, time=NOW - 9 * SECOND))
    async with world.begin() as tx:
        stored = await tx.listings.lock(_id(told))
        assert stored is not None
        stored.media_ready(now=NOW)
        await tx.listings.save(stored)
        await tx.commit()

    assert await handle(cloud_event(LISTING, told | {"kind": "DEVELOPMENT"}, time=NOW - SECOND)) is Outcome.APPLIED

    now = await world.current_listing(_id(told))
    assert (now.status, now.kind) == (ListingStatus.PENDING_OWNER_APPROVAL, "DEVELOPMENT")


@pytest.mark.parametrize("kind", [LISTING, BOOKING])
async def test_a_listing_stays_with_its_store(world: World, handle: ListingMessages, kind: str) -> None:
    told = listing()
    await handle(cloud_event(LISTING, told))
    before = await world.current_listing(_id(told))
    foreign = (told if kind == LISTING else one(told)) | {"storeId": str(IDS.new())}

    for moment in (NOW - SECOND, NOW + SECOND):
        with pytest.raises(ListingOfAnotherStore):
            await handle(cloud_event(kind, foreign, time=moment))

    assert await world.current_listing(_id(told)) == before


@pytest.mark.parametrize("kind", [LISTING, BOOKING])
async def test_the_future_is_not_believed(world: World, handle: ListingMessages, kind: str) -> None:
    told = listing()
    await handle(cloud_event(LISTING, told))
    data = told if kind == LISTING else one(told)

    with pytest.raises(FactsFromTheFuture):
        await handle(cloud_event(kind, data, time=NOW + timedelta(minutes=5, seconds=1)))

    assert await handle(cloud_event(kind, data, time=NOW + timedelta(minutes=5))) is Outcome.APPLIED


@pytest.mark.parametrize("kind", [LISTING, BOOKING])
async def test_without_a_time_nobody_knows_when_it_was_so(handle: ListingMessages, kind: str) -> None:
    told = listing()

    with pytest.raises(Rejected, match="time") as refused:
        await handle(cloud_event(kind, told if kind == LISTING else one(told), time=None))

    assert violations(refused) == {("", "MISSING_TIME")}


async def test_every_violation_is_named(handle: ListingMessages) -> None:
    told = listing(
        listingId="7", kind="CASTLE", bookings=[booking(status="LATE"), booking(scheduledAt="2025-05-03T10:00:00")]
    )
    del told["ownerId"]

    with pytest.raises(Rejected) as refused:
        await handle(cloud_event(LISTING, told, time=None))

    assert violations(refused) == {
        ("", "MISSING_TIME"),
        ("/listingId", "FORMAT"),
        ("/ownerId", "MISSING_FIELD"),
        ("/kind", "UNKNOWN_VALUE"),
        ("/bookings/0/status", "UNKNOWN_VALUE"),
        ("/bookings/1/scheduledAt", "FORMAT"),
    }


async def test_bookings_out_of_the_calendar_or_twice_are_named(handle: ListingMessages) -> None:
    same = booking()
    early = "0001-01-01T00:00:00+14:00"
    for kind, told, expected in (
        (LISTING, listing(bookings=[booking(), booking(scheduledAt=early)]), ("/bookings/1/scheduledAt", "RANGE")),
        (BOOKING, one(listing(), scheduledAt=early), ("/booking/scheduledAt", "RANGE")),
        (LISTING, listing(bookings=[same, same]), ("/bookings/1/id", "DUPLICATE_BOOKING")),
    ):
        with pytest.raises(Rejected) as refused:
            await handle(cloud_event(kind, told))
        assert violations(refused) == {expected}


async def test_members_of_tomorrow_are_left_alone(handle: ListingMessages) -> None:
    told = listing(bookings=[booking(rating=5)], seller={"name": "\0"})
    assert await handle(cloud_event(LISTING, told)) is Outcome.APPLIED
    assert await handle(cloud_event(BOOKING, one(told, rating=5) | {"x": 1}, time=NOW + SECOND)) is Outcome.APPLIED


async def test_events_of_others_on_the_topic_are_left_alone(handle: ListingMessages) -> None:
    assert await handle(cloud_event("market.listing.visited", b"\xff", time=None)) is Outcome.IGNORED


async def test_what_is_no_cloud_event_is_refused(handle: ListingMessages) -> None:
    with pytest.raises(NotACloudEvent):
        await handle(delivered(listing()))


@pytest.mark.parametrize("seed", range(5))
async def test_twice_and_in_any_order_it_ends_the_same(world: World, handle: ListingMessages, seed: int) -> None:
    told = listing()
    [first] = told["bookings"]
    messages = [
        cloud_event(LISTING, told | {"status": "DRAFT"}, time=NOW - 5 * SECOND),
        cloud_event(BOOKING, one(told) | {"booking": first | {"status": "CANCELLED"}}, time=NOW - 4 * SECOND),
        cloud_event(LISTING, told, time=NOW - 3 * SECOND),
        cloud_event(BOOKING, one(told, id=str(IDS.new())), time=NOW - 2 * SECOND),
        cloud_event(BOOKING, one(told) | {"booking": first | {"status": "ACTIVE"}}, time=NOW - SECOND),
    ]
    arrivals = [*messages, *messages]
    random.Random(seed).shuffle(arrivals)

    await _deliver(handle, arrivals)

    stored = await world.current_listing(_id(told))
    assert stored.status is ListingStatus.PENDING_PHOTO_PROCESSING
    assert sorted(appointment.status for appointment in stored.bookings) == ["ACTIVE", "DONE"]


async def _deliver(handle: ListingMessages, arrivals: list[Delivery]) -> None:
    """As a consumer does it: what finds no listing yet is tried again."""
    for delivery in arrivals:
        try:
            await handle(delivery)
        except ListingNotFound:
            arrivals.append(delivery)


class Nowhere(TakeListingFacts):
    """Takes everything and keeps nothing."""

    def __init__(self) -> None:
        pass

    async def __call__(self, command: Any) -> bool:
        return False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([10**400, "\0", 2**63]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
BODIES = (
    st.binary(max_size=60)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.sampled_from([b"[" * 100_000, b'{"a":' * 100_000])
    | st.fixed_dictionaries(dict.fromkeys(listing(), JSON) | {"booking": JSON}).map(
        lambda value: json.dumps(value).encode()
    )
)


@settings(deadline=None)
@given(body=BODIES, kind=st.sampled_from([LISTING, BOOKING]))
async def test_whatever_arrives_is_read_or_rejected(body: bytes, kind: str) -> None:
    nowhere = Nowhere()
    handle = ListingMessages(take_listing=nowhere, take_booking=nowhere)  # type: ignore[arg-type]
    with suppress(Rejected):
        await handle(replace(cloud_event(kind, {}), body=body))
