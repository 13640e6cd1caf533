"""What the marketplace tells. What a pipeline reports is shown with the callback over HTTP."""

from datetime import timedelta

from domain.listings.booking import BookingStatus
from domain.listings.listing import ListingKind, ListingStatus
from entrypoints.consumer.listings import BookingFactsBody, BookingUpsertedBody, ListingUpsertedBody
from entrypoints.http.documentation.examples.cast import (
    BOOKING_ID,
    LISTING_ID,
    NOW,
    OWNER_ID,
    PHOTOGRAPHER_ID,
    STORE_ID,
)

_BOOKING = BookingFactsBody(
    id=BOOKING_ID,
    photographer_id=PHOTOGRAPHER_ID,
    status=BookingStatus.DONE,
    scheduled_at=NOW - timedelta(days=1),
)
LISTING_UPSERTED = ListingUpsertedBody(
    listing_id=LISTING_ID,
    store_id=STORE_ID,
    owner_id=OWNER_ID,
    kind=ListingKind.PROPERTY,
    status=ListingStatus.PENDING_PHOTO_PROCESSING,
    bookings=[_BOOKING],
)
BOOKING_UPSERTED = BookingUpsertedBody(listing_id=LISTING_ID, store_id=STORE_ID, booking=_BOOKING)
