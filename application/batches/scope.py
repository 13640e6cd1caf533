"""Finds a batch for a principal; the first lines of most use cases."""

from application.unit_of_work import UnitOfWork
from domain.batches.batch import Batch
from domain.batches.errors import BatchNotFound
from domain.ids import BatchId, ListingId
from domain.listings.access import require_same_store
from domain.listings.errors import ListingNotFound
from domain.listings.listing import Listing
from domain.principal import Principal


async def find_listing(tx: UnitOfWork, principal: Principal, listing_id: ListingId) -> Listing:
    """Raises ListingNotFound, also for a listing of another store."""
    listing = await tx.listings.find(listing_id)
    if listing is None:
        raise ListingNotFound(listing_id)
    require_same_store(listing, principal)
    return listing


async def find_batch(
    tx: UnitOfWork, principal: Principal, listing_id: ListingId, batch_id: BatchId
) -> tuple[Listing, Batch]:
    """Raises ListingNotFound or BatchNotFound, also for a batch of another listing."""
    listing = await find_listing(tx, principal, listing_id)
    batch = await tx.batches.find(batch_id)
    if batch is None or batch.listing_id != listing.id:
        raise BatchNotFound(batch_id)
    return listing, batch


async def lock_batch(
    tx: UnitOfWork, principal: Principal, listing_id: ListingId, batch_id: BatchId
) -> tuple[Listing, Batch]:
    """As `find_batch`; the batch is ours alone until the transaction ends."""
    listing = await find_listing(tx, principal, listing_id)
    batch = await tx.batches.lock(batch_id)
    if batch is None or batch.listing_id != listing.id:
        raise BatchNotFound(batch_id)
    return listing, batch
