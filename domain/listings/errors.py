from domain.errors import Conflict, NotFound
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
