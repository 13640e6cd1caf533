from datetime import datetime

from domain.errors import Conflict, NotFound, Rejected
from domain.ids import ListingId


class ListingNotFound(NotFound):
    code = "LISTING_NOT_FOUND"

    def __init__(self, listing_id: ListingId) -> None:
        super().__init__(f"there is no listing {listing_id} in your store")
        self.listing_id = listing_id


class ListingNotAwaitingMedia(Conflict):
    code = "LISTING_NOT_AWAITING_MEDIA"

    def __init__(self, listing_id: ListingId, status: str, expected: str) -> None:
        super().__init__(f"listing {listing_id} is {status}; media is taken while it is {expected}")
        self.listing_id = listing_id
        self.status = status


class ListingOfAnotherStore(Rejected):
    """For the marketplace itself, which speaks of all stores; to a user such a listing does not exist."""

    code = "LISTING_OF_ANOTHER_STORE"

    def __init__(self, listing_id: ListingId) -> None:
        super().__init__(f"listing {listing_id} belongs to another store than the one that is named")
        self.listing_id = listing_id


class FactsFromTheFuture(Rejected):
    code = "FACTS_FROM_THE_FUTURE"

    def __init__(self, as_of: datetime) -> None:
        super().__init__(f"{as_of.isoformat()} has not come yet: such facts would overrule all that come before then")
        self.as_of = as_of


class TooManyBookings(Rejected):
    code = "TOO_MANY_BOOKINGS"

    def __init__(self, listing_id: ListingId, limit: int) -> None:
        super().__init__(f"listing {listing_id} has {limit} bookings, and takes no more")
        self.listing_id = listing_id
