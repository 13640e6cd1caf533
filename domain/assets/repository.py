from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from domain.assets.asset import Asset
from domain.ids import AssetId, BatchId


class Assets(Protocol):
    """All assets of all batches. Dropped ones are gone from here."""

    @abstractmethod
    async def find(self, asset_id: AssetId) -> Asset | None: ...

    @abstractmethod
    async def of_batch(self, batch_id: BatchId) -> Sequence[Asset]:
        """By media type and sequence."""

    @abstractmethod
    async def add(self, assets: Sequence[Asset]) -> None:
        """Insert new assets, all in one round trip."""

    @abstractmethod
    async def save(self, assets: Sequence[Asset]) -> None:
        """Update, all in one round trip. Raises ConcurrentUpdate when any of them is stale; then none is written."""

    @abstractmethod
    async def remove(self, assets: Sequence[Asset]) -> None:
        """Forget assets that are not part of their batch any more; gone ones are no error."""
