from abc import abstractmethod
from typing import Protocol

from domain.ids import ListingId
from domain.listings.listing import Listing


class Listings(Protocol):
    """All listings that the marketplace has told us of."""

    @abstractmethod
    async def find(self, listing_id: ListingId) -> Listing | None:
        """The listing with its bookings, or None."""

    @abstractmethod
    async def lock(self, listing_id: ListingId) -> Listing | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, listing: Listing) -> None:
        """Insert (version 0) or update, bookings included. Raises ConcurrentUpdate."""
