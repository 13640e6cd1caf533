from adapters.memory.transaction import MemoryTransaction
from domain.ids import ListingId
from domain.listings.listing import Listing
from domain.listings.repository import Listings


class MemoryListings(Listings):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, listing_id: ListingId) -> Listing | None:
        return self._transaction.find(Listing, listing_id)

    async def lock(self, listing_id: ListingId) -> Listing | None:
        await self._transaction.lock(Listing, listing_id)
        return await self.find(listing_id)

    async def save(self, listing: Listing) -> None:
        await self._transaction.save(Listing, [(listing.id, listing)])
