from collections.abc import Sequence
from uuid import UUID

from adapters.memory.transaction import MemoryTransaction
from tests.toy_gallery.artwork import Artwork, Artworks, ArtworkTitleTaken


class MemoryArtworks(Artworks):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, artwork_id: UUID) -> Artwork | None:
        return self._transaction.find(Artwork, artwork_id)

    async def lock(self, artwork_id: UUID) -> Artwork | None:
        await self._transaction.lock(Artwork, artwork_id)
        return await self.find(artwork_id)

    async def save(self, artwork: Artwork) -> None:
        # Two artworks that want one title come one after the other, as an index makes them.
        await self._transaction.lock(Artwork, artwork.store_id, artwork.title)
        wanted = (artwork.store_id, artwork.title)
        if self._transaction.select(
            Artwork, lambda other: (other.store_id, other.title) == wanted and other.id != artwork.id
        ):
            self._transaction.fail(ArtworkTitleTaken(artwork.title))
        await self._transaction.save(Artwork, [(artwork.id, artwork)])

    async def remove(self, artwork: Artwork) -> None:
        self._transaction.remove(Artwork, artwork.id)

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[Artwork]:
        found = self._transaction.select(
            Artwork, lambda artwork: bool(artwork.media) and (after is None or artwork.id > after)
        )
        return sorted(found, key=lambda artwork: artwork.id)[:limit]
