from typing import Any

import msgspec
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, one_of, sha256_of, version_column
from adapters.postgres.statements import compiled, insert_many
from adapters.postgres.transaction import Record, Transaction
from domain.ids import ListingId
from domain.listings.booking import Booking, BookingStatus
from domain.listings.listing import Listing, ListingKind, ListingStatus
from domain.listings.repository import Listings

listings = Table(
    "listings",
    metadata,
    Column("id", ID, primary_key=True),
    Column("store_id", ID, nullable=False),
    Column("owner_id", ID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("facts_as_of", MOMENT, nullable=False),
    Column("facts_digest", LargeBinary, nullable=False),
    Column("advanced_at", MOMENT),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    version_column(),
    one_of("kind", ListingKind),
    one_of("status", ListingStatus),
    sha256_of("facts_digest"),
)
bookings = Table(
    "bookings",
    metadata,
    Column("listing_id", ID, ForeignKey("listings.id", ondelete="CASCADE"), primary_key=True),
    Column("id", ID, primary_key=True),
    Column("photographer_id", ID, nullable=False),
    Column("status", Text, nullable=False),
    Column("scheduled_at", MOMENT, nullable=False),
    Column("as_of", MOMENT),
    # Its place in the listing's own order, from 0.
    Column("place", Integer, nullable=False),
    one_of("status", BookingStatus),
    CheckConstraint("place >= 0", name="place"),
)

_ID = bindparam("listing_id", type_=ID)
_BOOKINGS = (
    select(func.json_agg(aggregate_order_by(func.row_to_json(bookings.table_valued()), bookings.c.place)))
    .where(bookings.c.listing_id == listings.c.id)
    .scalar_subquery()
    .label("bookings")
)
_FIND = compiled(select(listings, _BOOKINGS).where(listings.c.id == _ID))
_LOCK = compiled(select(listings.c.id).where(listings.c.id == _ID).with_for_update(key_share=True))
_FORGET_BOOKINGS = compiled(delete(bookings).where(bookings.c.listing_id == _ID))
_INSERT_BOOKINGS = insert_many(bookings)
_BOOKINGS_DECODER = msgspec.json.Decoder(tuple[Booking, ...])


class PostgresListings(Listings):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, listing_id: ListingId) -> Listing | None:
        row = await self._transaction.read_one(_FIND, listing_id=listing_id)
        return _from_row(row) if row else None

    async def lock(self, listing_id: ListingId) -> Listing | None:
        # Two statements: one that has waited for a lock would show the new listing with its old bookings.
        locked = await self._transaction.write_one(_LOCK, listing_id=listing_id)
        return await self.find(listing_id) if locked else None

    async def save(self, listing: Listing) -> None:
        is_new = listing.version == 0
        await _WRITER.save(self._transaction, self._outbox, listing)
        if not is_new:
            await self._transaction.write(_FORGET_BOOKINGS, listing_id=listing.id)
        if listing.bookings:
            await self._transaction.store_many(_INSERT_BOOKINGS, _booking_rows(listing), subject=listing)


def _to_row(listing: Listing) -> dict[str, Any]:
    return {
        "id": listing.id,
        "store_id": listing.store_id,
        "owner_id": listing.owner_id,
        "kind": listing.kind,
        "status": listing.status,
        "facts_as_of": listing.facts_as_of,
        "facts_digest": listing.facts_digest,
        "advanced_at": listing.advanced_at,
        "created_at": listing.created_at,
        "updated_at": listing.updated_at,
    }


def _booking_rows(listing: Listing) -> list[dict[str, Any]]:
    return [
        {
            "listing_id": listing.id,
            "id": booking.id,
            "photographer_id": booking.photographer_id,
            "status": booking.status,
            "scheduled_at": booking.scheduled_at,
            "as_of": booking.as_of,
            "place": place,
        }
        for place, booking in enumerate(listing.bookings)
    ]


def _from_row(row: Record) -> Listing:
    return Listing(
        id=row["id"],
        store_id=row["store_id"],
        owner_id=row["owner_id"],
        kind=ListingKind(row["kind"]),
        status=ListingStatus(row["status"]),
        bookings=_BOOKINGS_DECODER.decode(row["bookings"]) if row["bookings"] else (),
        facts_as_of=row["facts_as_of"],
        facts_digest=row["facts_digest"],
        advanced_at=row["advanced_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


_WRITER = AggregateWriter(listings, _to_row, fixed=["created_at"])
