"""The marketplace's word on a listing: taken over whole, from services and admins alone."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from application.listings.upsert_listing import UpsertListingCommand
from domain.errors import ConcurrentUpdate, NotPermitted, Rejected
from domain.ids import ListingId, StoreId
from domain.listings.booking import BookingStatus
from domain.listings.errors import ListingNotFound
from domain.listings.listing import ListingKind, ListingStatus
from domain.principal import Role
from tests.application.world import World, principal
from tests.builders import IDS, NOW, OWNER, STORE, build_booking

SERVICE = principal(OWNER, Role.SERVICE)
BOOKING = build_booking()


def command() -> UpsertListingCommand:
    return UpsertListingCommand(
        principal=SERVICE,
        listing_id=ListingId(IDS.new()),
        owner_id=OWNER,
        kind=ListingKind.PROPERTY,
        status=ListingStatus.PENDING_PHOTO_PROCESSING,
        bookings=(BOOKING,),
    )


async def test_first_it_is_created_and_then_updated(world: World) -> None:
    first = command()
    created = await world.upsert_listing(first)
    assert created.created
    assert (created.listing.store_id, created.listing.created_at) == (STORE, NOW)

    done = replace(BOOKING, status=BookingStatus.CANCELLED)
    updated = await world.upsert_listing(replace(first, status=ListingStatus.PUBLISHED, bookings=(done,)))

    assert not updated.created
    stored = await world.current_listing(first.listing_id)
    assert (stored.status, stored.bookings) == (ListingStatus.PUBLISHED, (done,))


async def test_it_may_be_repeated(world: World) -> None:
    same = command()
    answers = [await world.upsert_listing(same) for _ in range(3)]
    assert [answer.created for answer in answers] == [True, False, False]


@pytest.mark.parametrize("role", [Role.PHOTOGRAPHER, Role.OWNER])
async def test_nobody_else_may(world: World, role: Role) -> None:
    with pytest.raises(NotPermitted):
        await world.upsert_listing(replace(command(), principal=principal(OWNER, role)))


async def test_a_listing_of_another_store_does_not_exist(world: World) -> None:
    ours = command()
    await world.upsert_listing(ours)
    foreign = principal(OWNER, Role.SERVICE, store=StoreId(IDS.new()))
    with pytest.raises(ListingNotFound):
        await world.upsert_listing(replace(ours, principal=foreign, status=ListingStatus.PUBLISHED))
    assert (await world.current_listing(ours.listing_id)).status is ListingStatus.PENDING_PHOTO_PROCESSING


async def test_a_booking_occurs_once(world: World) -> None:
    with pytest.raises(Rejected) as refused:
        await world.upsert_listing(replace(command(), bookings=(BOOKING, build_booking(), BOOKING)))
    assert [violation.pointer for violation in refused.value.violations] == ["/bookings/2/id"]


@pytest.mark.parametrize("seed", range(4))
async def test_two_at_once_are_one_listing(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    same = command()
    answers = await asyncio.gather(*[world.upsert_listing(same) for _ in range(3)], return_exceptions=True)
    created = [answer for answer in answers if not isinstance(answer, BaseException) and answer.created]
    assert len(created) == 1
    assert all(isinstance(answer, ConcurrentUpdate) for answer in answers if isinstance(answer, BaseException))
