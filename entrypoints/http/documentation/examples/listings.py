from datetime import timedelta

from domain.listings.booking import BookingStatus
from domain.listings.listing import ListingKind, ListingStatus
from entrypoints.http.documentation.examples.cast import BOOKING_ID, LISTING_ID, NOW, OWNER_ID, PHOTOGRAPHER_ID
from entrypoints.http.listing_media import requests, responses
from entrypoints.reading.bookings import BookingBody

LISTING_FACTS = requests.UpsertListingBody(
    owner_id=OWNER_ID,
    kind=ListingKind.PROPERTY,
    status=ListingStatus.PENDING_PHOTO_PROCESSING,
    bookings=[
        BookingBody(
            id=BOOKING_ID,
            photographer_id=PHOTOGRAPHER_ID,
            status=BookingStatus.DONE,
            scheduled_at=NOW - timedelta(days=1),
        )
    ],
)
LISTING = responses.ListingBody(
    listing_id=LISTING_ID,
    owner_id=OWNER_ID,
    kind="PROPERTY",
    status="PENDING_PHOTO_PROCESSING",
    bookings=[
        responses.BookingFactsBody(
            id=BOOKING_ID, photographer_id=PHOTOGRAPHER_ID, status="DONE", scheduled_at=NOW - timedelta(days=1)
        )
    ],
    created_at=NOW,
    updated_at=NOW,
)
