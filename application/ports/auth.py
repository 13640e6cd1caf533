"""Who vouches for a caller."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from domain.errors import Unauthenticated
from domain.principal import Principal


class TokenRefused(Unauthenticated):
    code = "TOKEN_REFUSED"


class SignatureRefused(Unauthenticated):
    code = "SIGNATURE_REFUSED"


class TokenVerifier(Protocol):
    @abstractmethod
    async def verify(self, token: str) -> Principal:
        """Raises TokenRefused: bad signature, expired, claims missing, or no key configured at all; and Unavailable
        when the issuer's keys cannot be fetched.
        """


class WebhookVerifier(Protocol):
    @abstractmethod
    def verify(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
        """Check a Standard Webhooks signature and return its `webhook-id`.

        Raises SignatureRefused: bad, older or newer than five minutes, or no secret configured.
        """
