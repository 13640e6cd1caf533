"""Facts of one booking that were published by themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.listings.take_booking_facts import TakeBookingFactsCommand
from domain.ids import ListingId, StoreId
from domain.listings.booking import BookingStatus
from domain.listings.errors import FactsFromTheFuture, ListingNotFound, ListingOfAnotherStore
from tests.application.world import World
from tests.builders import IDS, NOW, STORE, build_booking

SECOND = timedelta(seconds=1)


def command(listing_id: ListingId) -> TakeBookingFactsCommand:
    return TakeBookingFactsCommand(
        event_id=str(IDS.new()),
        listing_id=listing_id,
        store_id=STORE,
        booking=build_booking(status=BookingStatus.ACTIVE),
        as_of=NOW + SECOND,
    )


async def test_a_booking_is_added_and_then_replaced(world: World) -> None:
    listing = await world.open_listing()
    [first] = listing.bookings
    told = command(listing.id)
    assert await world.take_booking_facts(told)

    cancelled = replace(told, event_id="2", booking=replace(first, status=BookingStatus.CANCELLED))
    assert await world.take_booking_facts(cancelled)

    stored = await world.current_listing()
    assert set(stored.bookings) == {
        replace(first, status=BookingStatus.CANCELLED, as_of=NOW + SECOND),
        replace(told.booking, as_of=NOW + SECOND),
    }
    assert stored.current_booking == replace(told.booking, as_of=NOW + SECOND)
    assert stored.facts_as_of == listing.facts_as_of


async def test_an_event_counts_once(world: World) -> None:
    told = command((await world.open_listing()).id)
    await world.take_booking_facts(told)

    assert not await world.take_booking_facts(replace(told, as_of=NOW + 2 * SECOND))


async def test_what_the_listing_itself_has_told_since_counts(world: World) -> None:
    listing = await world.open_listing()

    assert not await world.take_booking_facts(replace(command(listing.id), as_of=NOW))

    assert (await world.current_listing()).bookings == listing.bookings


async def test_a_listing_that_is_not_known_may_be_on_its_way(world: World) -> None:
    told = command(world.listing.id)
    with pytest.raises(ListingNotFound):
        await world.take_booking_facts(told)

    await world.open_listing()

    assert await world.take_booking_facts(told)


async def test_a_listing_stays_with_its_store(world: World) -> None:
    listing = await world.open_listing()
    with pytest.raises(ListingOfAnotherStore):
        await world.take_booking_facts(replace(command(listing.id), store_id=StoreId(IDS.new())))
    assert (await world.current_listing()).bookings == listing.bookings


async def test_the_future_is_refused(world: World) -> None:
    told = replace(command((await world.open_listing()).id), as_of=NOW + timedelta(minutes=5, seconds=1))
    with pytest.raises(FactsFromTheFuture):
        await world.take_booking_facts(told)
