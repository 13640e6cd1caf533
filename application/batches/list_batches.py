from collections.abc import Sequence
from dataclasses import dataclass

from application.batches.scope import find_listing
from application.unit_of_work import UnitOfWorkFactory
from domain.batches.batch import Batch
from domain.ids import BatchId, ListingId
from domain.listings.access import require_read
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBatchesQuery:
    """`limit` batches older than `before`, or the newest."""

    principal: Principal
    listing_id: ListingId
    before: BatchId | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage:
    """Newest first; `next_before` is None on the last page."""

    batches: Sequence[Batch]
    next_before: BatchId | None


class ListBatches:
    """Raises ListingNotFound, NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: ListBatchesQuery) -> BatchPage:
        async with self._begin() as tx:
            listing = await find_listing(tx, query.principal, query.listing_id)
            require_read(listing, query.principal)
            found = await tx.batch_history.page(listing.id, before=query.before, limit=query.limit + 1)
        batches = found[: query.limit]
        return BatchPage(batches=batches, next_before=batches[-1].id if len(found) > len(batches) else None)
