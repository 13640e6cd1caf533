from collections.abc import Sequence
from uuid import UUID

from adapters.memory.transaction import MemoryTransaction
from tests.toy_gallery.artwork import Artwork, Artworks


class MemoryArtworks(Artworks):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def lock(self, artwork_id: UUID) -> Artwork | None:
        await self._transaction.lock(Artwork, artwork_id)
        return self._transaction.find(Artwork, artwork_id)

    async def save(self, artwork: Artwork) -> None:
        await self._transaction.save(Artwork, [(artwork.id, artwork)])

    async def remove(self, artwork: Artwork) -> None:
        self._transaction.remove(Artwork, artwork.id)

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[Artwork]:
        found = self._transaction.select(
            Artwork, lambda artwork: bool(artwork.media) and (after is None or artwork.id > after)
        )
        return sorted(found, key=lambda artwork: artwork.id)[:limit]
