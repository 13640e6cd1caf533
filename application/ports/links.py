from abc import abstractmethod
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.errors import NotPermitted


class LinkRefused(NotPermitted):
    code = "LINK_REFUSED"

    def __init__(self) -> None:
        super().__init__("this link is not ours or its time is over; query the downloads again")


class LinkSigner(Protocol):
    """Links to our own endpoints that carry their own permission, for players that send no token."""

    @abstractmethod
    def sign(self, asset_id: UUID, name: str, *, expires_at: datetime) -> str:
        """The absolute URL of a playlist of that asset, good until then (to the second)."""

    @abstractmethod
    def verify(self, asset_id: UUID, name: str, *, expires: int, signature: str, now: datetime) -> None:
        """Raises LinkRefused when the signature is not ours or the time is over. `expires` is in Unix seconds."""
