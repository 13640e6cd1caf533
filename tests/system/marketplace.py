"""The marketplace around Vitrine: its people, and the listings that it tells of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

import httpx

from adapters.auth.jwt import issue_token
from domain.ids import StoreId, UserId
from domain.principal import Principal, Role
from tests.system.answers import accepted
from tests.system.caller import Caller, Json
from tests.system.plain_http import plain_http
from tests.system.vitrine_process import JWT_SECRET

_PATIENCE = httpx.Timeout(30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    user_id: UUID
    caller: Caller


class Marketplace:
    """One store and its people. `http` reaches the API, `web` anything else: signed URLs carry their own permission."""

    def __init__(self, http: httpx.AsyncClient, web: httpx.AsyncClient) -> None:
        self.http = http
        self.web = web
        self.store_id = uuid4()
        self.photographer = self.person(Role.PHOTOGRAPHER)
        self.owner = self.person(Role.OWNER)
        self.admin = self.person(Role.ADMIN)
        self.service = self.person(Role.SERVICE)

    def person(self, *roles: Role, store_id: UUID | None = None) -> Person:
        """Somebody new, of this store unless told."""
        user_id = uuid4()
        principal = Principal(
            user_id=UserId(user_id), store_id=StoreId(store_id or self.store_id), roles=frozenset(roles)
        )
        token = issue_token(JWT_SECRET, principal, timedelta(hours=1), datetime.now(UTC))
        return Person(user_id=user_id, caller=Caller(self.http, token))

    async def listing(
        self,
        *,
        kind: str = "PROPERTY",
        status: str = "PENDING_PHOTO_PROCESSING",
        booking_status: str = "DONE",
        photographer: Person | None = None,
    ) -> UUID:
        """A new listing that awaits photos of `photographer`, whose booking is done."""
        listing_id = uuid4()
        booking = {
            "id": str(uuid4()),
            "photographerId": str((photographer or self.photographer).user_id),
            "status": booking_status,
            "scheduledAt": "2026-01-01T10:00:00Z",
        }
        facts: Json = {"ownerId": str(self.owner.user_id), "kind": kind, "status": status, "bookings": [booking]}
        accepted(await self.service.caller.put_listing(listing_id, facts), HTTPStatus.CREATED)
        return listing_id


@asynccontextmanager
async def open_marketplace(url: str) -> AsyncIterator[Marketplace]:
    async with (
        plain_http(base_url=url, timeout=_PATIENCE) as http,
        plain_http(timeout=_PATIENCE) as web,
    ):
        yield Marketplace(http, web)
