from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.events import Event
from domain.ids import ListingId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingAwaitsApproval(Event):
    """Photos and videos are ready; the owner may look."""

    type: ClassVar[str] = "vitrine.listing.awaits-approval"
    listing_id: ListingId

    @property
    def key(self) -> UUID:
        return self.listing_id
