"""Listings and their bookings, as the marketplace would tell of them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec
from msgspec import Meta

from application.batches.list_batches import ListBatches, ListBatchesQuery
from application.listings.upsert_listing import UpsertListing, UpsertListingCommand
from domain.errors import Rejected
from domain.ids import ListingId, StoreId, UserId
from domain.listings.booking import BookingStatus
from domain.listings.errors import ListingNotFound
from domain.listings.listing import MAX_BOOKINGS, Listing, ListingFacts, ListingKind, ListingStatus
from entrypoints.reading.bookings import BookingBody, bookings_at
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key, Part
from entrypoints.seeding.material import Flaw, Material, flaws


class BookingEntry(Part, frozen=True):
    """`key` tells the bookings of one listing apart."""

    key: Key
    photographer: Key
    status: BookingStatus
    scheduled_at: Annotated[datetime, Meta(tz=True)]


class ListingEntry(Entry, frozen=True):
    owner: Key
    kind: ListingKind
    status: ListingStatus
    bookings: Annotated[list[BookingEntry], Meta(max_length=MAX_BOOKINGS)] = msgspec.field(default_factory=list)

    def told(self, booking_id: Callable[[Key], UUID], user_id: Callable[[Key], UUID]) -> ListingFacts:
        """As the marketplace would tell it now. Raises Rejected."""
        bookings = {
            f"/bookings/{index}": BookingBody(
                id=booking_id(booking.key),
                photographer_id=user_id(booking.photographer),
                status=booking.status,
                scheduled_at=booking.scheduled_at,
            )
            for index, booking in enumerate(self.bookings)
        }
        facts = ListingFacts(
            owner_id=UserId(user_id(self.owner)),
            kind=self.kind,
            status=self.status,
            bookings=bookings_at(bookings),
            as_of=datetime.now(UTC),
        )
        facts.require_distinct_bookings()
        return facts


def some_id(key: Key) -> UUID:
    """For what is only judged, and has no id yet."""
    return uuid5(NAMESPACE_OID, key)


SOME_STORE = StoreId(some_id("store"))


def introduced(key: Key, material: Material) -> Listing | None:
    """The listing as it would be, with the ids of `some_id`; None where its entry is not sound."""
    members = next((each for each in material.entries.get("listings", ()) if each.get("key") == key), None)
    try:
        facts = msgspec.convert(members, ListingEntry).told(some_id, some_id)
    except (msgspec.ValidationError, Rejected):
        return None
    return Listing.introduce(
        listing_id=ListingId(some_id(key)), store_id=SOME_STORE, facts=facts, now=datetime.now(UTC)
    )


def _rules(entry: ListingEntry, material: Material) -> Iterator[Flaw]:  # noqa: ARG001 - they look at the entry alone
    names = {str(some_id(booking.key)): booking.key for booking in entry.bookings}
    for flaw in flaws(lambda: entry.told(some_id, some_id), names=names):
        yield Flaw(re.sub("/id$", "/key", flaw.field), flaw.detail)


class ListingLoader(Loader[ListingEntry]):
    """Their ids are the marketplace's: here they follow from store and key."""

    def __init__(self, tools: SeedTools) -> None:
        self._tools = tools
        self._batches = ListBatches(begin=tools.toolbox.begin)
        self._upsert = UpsertListing(begin=tools.toolbox.begin, clock=tools.toolbox.clock)

    async def find(self, entry: ListingEntry) -> UUID | None:
        """What has become of it since is not told anew."""
        listing_id = self._id_of(entry)
        query = ListBatchesQuery(principal=self._tools.principal, listing_id=listing_id, before=None, limit=1)
        try:
            await self._batches(query)
        except ListingNotFound:
            return None
        return listing_id

    async def make(self, entry: ListingEntry) -> UUID:
        facts = entry.told(
            lambda booking: self._tools.foreign_id("listings", entry.key, booking),
            lambda user: self._tools.loaded.id_of("users", user),
        )
        command = UpsertListingCommand(
            principal=self._tools.principal,
            listing_id=self._id_of(entry),
            owner_id=facts.owner_id,
            kind=facts.kind,
            status=facts.status,
            bookings=facts.bookings,
        )
        return (await self._upsert(command)).listing.id

    def _id_of(self, entry: ListingEntry) -> ListingId:
        return ListingId(self._tools.foreign_id("listings", entry.key))


LISTINGS = Context(
    name="listings",
    entry=ListingEntry,
    loader=ListingLoader,
    references={"owner": "users", "bookings/*/photographer": "users"},
    rules=_rules,
)
