"""Facts of a listing that were published: newer ones count, once, and whoever comes first with a listing keeps it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.listings.take_listing_facts import TakeListingFactsCommand
from application.listings.upsert_listing import UpsertListingCommand
from domain.errors import ConcurrentUpdate, Rejected
from domain.ids import ListingId, StoreId
from domain.listings.errors import FactsFromTheFuture, ListingOfAnotherStore
from domain.listings.listing import ListingFacts, ListingKind, ListingStatus
from domain.principal import Role
from tests.application.world import World, principal
from tests.builders import IDS, NOW, OWNER, STORE, build_booking

SECOND = timedelta(seconds=1)
BOOKING = build_booking()


def command(listing_id: ListingId | None = None, **facts: Any) -> TakeListingFactsCommand:
    return TakeListingFactsCommand(
        event_id=str(IDS.new()),
        listing_id=listing_id or ListingId(IDS.new()),
        store_id=STORE,
        facts=replace(
            ListingFacts(
                owner_id=OWNER,
                kind=ListingKind.PROPERTY,
                status=ListingStatus.PENDING_PHOTO_PROCESSING,
                bookings=(BOOKING,),
                as_of=NOW,
            ),
            **facts,
        ),
    )


async def test_a_listing_begins_with_what_is_told_first(world: World) -> None:
    told = command(as_of=NOW - SECOND)

    assert await world.take_listing_facts(told)

    stored = await world.current_listing(told.listing_id)
    assert (stored.store_id, stored.owner_id, stored.bookings) == (STORE, OWNER, (BOOKING,))
    assert (stored.facts_as_of, stored.created_at) == (NOW - SECOND, NOW)


async def test_newer_facts_count_and_older_ones_do_not(world: World) -> None:
    told = command()
    await world.take_listing_facts(told)

    assert not await world.take_listing_facts(command(told.listing_id, status=ListingStatus.DRAFT, as_of=NOW - SECOND))
    assert await world.take_listing_facts(command(told.listing_id, status=ListingStatus.PUBLISHED, as_of=NOW + SECOND))

    assert (await world.current_listing(told.listing_id)).status is ListingStatus.PUBLISHED


async def test_an_event_counts_once_whatever_it_says_the_second_time(world: World) -> None:
    told = command()
    await world.take_listing_facts(told)
    again = replace(told, facts=replace(told.facts, status=ListingStatus.ARCHIVED, as_of=NOW + SECOND))

    assert not await world.take_listing_facts(again)

    assert (await world.current_listing(told.listing_id)).status is ListingStatus.PENDING_PHOTO_PROCESSING


async def test_what_is_refused_may_be_told_again_and_put_right(world: World) -> None:
    told = command()
    await world.take_listing_facts(told)
    foreign = replace(command(told.listing_id, as_of=NOW + SECOND), store_id=StoreId(IDS.new()))

    with pytest.raises(ListingOfAnotherStore):
        await world.take_listing_facts(foreign)

    assert (await world.current_listing(told.listing_id)).facts_as_of == NOW
    assert await world.take_listing_facts(replace(foreign, store_id=STORE))


async def test_the_future_is_refused_until_it_has_come(world: World) -> None:
    told = command(as_of=NOW + timedelta(minutes=6))
    with pytest.raises(FactsFromTheFuture):
        await world.take_listing_facts(told)

    world.clock.advance(timedelta(minutes=2))

    assert await world.take_listing_facts(told)


async def test_a_booking_occurs_once(world: World) -> None:
    with pytest.raises(Rejected):
        await world.take_listing_facts(command(bookings=(BOOKING, BOOKING)))


async def test_whoever_calls_overrules_what_was_published_even_by_a_clock_ahead_of_ours(world: World) -> None:
    told = command(as_of=NOW + timedelta(minutes=4))
    await world.take_listing_facts(told)
    put = UpsertListingCommand(
        principal=principal(OWNER, Role.SERVICE),
        listing_id=told.listing_id,
        owner_id=OWNER,
        kind=ListingKind.PROPERTY,
        status=ListingStatus.PUBLISHED,
        bookings=(),
    )

    await world.upsert_listing(put)

    stored = await world.current_listing(told.listing_id)
    assert (stored.status, stored.bookings) == (ListingStatus.PUBLISHED, ())
    assert not await world.take_listing_facts(command(told.listing_id, as_of=NOW + timedelta(minutes=3)))
    assert await world.take_listing_facts(command(told.listing_id, as_of=NOW + timedelta(minutes=5)))


@pytest.mark.parametrize("seed", range(6))
async def test_two_consumers_that_introduce_a_listing_at_once(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    older = command()
    newer = command(older.listing_id, status=ListingStatus.PUBLISHED, as_of=NOW + SECOND)

    async def until_taken(told: TakeListingFactsCommand) -> None:
        while True:
            try:
                await world.take_listing_facts(told)
            except ConcurrentUpdate:
                continue
            return

    await asyncio.gather(until_taken(older), until_taken(newer), until_taken(older), until_taken(newer))

    stored = await world.current_listing(older.listing_id)
    assert (stored.status, stored.facts_as_of) == (ListingStatus.PUBLISHED, NOW + SECOND)
