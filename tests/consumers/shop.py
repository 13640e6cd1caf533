"""A store with media in its library, and its people."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from application.unit_of_work import UnitOfWorkFactory
from domain.attachments.attachment import Attachment
from domain.ids import MediaId, StoreId, UserId
from domain.media.media import Media
from domain.principal import Principal, Role
from tests.application.world import principal
from tests.builders import IDS, OWNER, ready_media
from tests.entrypoints.http.api import Api, open_api
from tests.entrypoints.http.problems import refused

KEEPER = principal(OWNER, Role.OWNER)
"""Runs the store."""
JUDGE = principal(UserId(IDS.new()), Role.ADMIN)
CUSTOMER = principal(UserId(IDS.new()))
STRANGER = principal(OWNER, Role.OWNER, Role.ADMIN, store=StoreId(IDS.new()))
"""Runs another store."""


class Shop:
    def __init__(self, api: Api) -> None:
        self.api = api
        self.begin = api.begin

    async def ask(
        self, method: str, path: str, body: Any = None, *, who: Principal = KEEPER, **params: str
    ) -> httpx.Response:
        return await self.api.client.request(
            method, f"/api/v2{path}", json=body, params=params or None, headers=self.api.headers(who)
        )

    async def done(self, method: str, path: str, body: Any = None, *, who: Principal = KEEPER, **params: str) -> Any:
        """What a call answers that must succeed."""
        answer = await self.ask(method, path, body, who=who, **params)
        assert answer.status_code in {200, 201, 204}, answer.text
        return answer.json() if answer.content else None

    async def refused(
        self,
        status: int,
        code: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: Principal = KEEPER,
        **params: str,
    ) -> Mapping[str, Any]:
        return refused(await self.ask(method, path, body, who=who, **params), status, code)

    async def media(self, **changes: Any) -> str:
        """A picture that can be used."""
        media = ready_media(**changes)
        async with self.begin() as tx:
            await tx.media.save(media)
            await tx.commit()
        return str(media.id)

    async def document(self, **changes: Any) -> str:
        return await self.media(mime_type="application/pdf", **changes)

    async def stored(self, media_id: str) -> Media:
        async with self.begin() as tx:
            found = await tx.media.find(MediaId(UUID(media_id)))
        assert found is not None
        return found

    async def uses(self, media_id: str) -> list[tuple[str, str]]:
        """Who uses it: entity type and entity id. What the media counts is the same."""
        async with self.begin() as tx:
            found = await tx.attachments.of_media(MediaId(UUID(media_id)))
        assert (await self.stored(media_id)).usage_count == len(found)
        return [(use.entity_type, str(use.entity_id)) for use in found]

    async def ledger(self) -> Sequence[Attachment]:
        async with self.begin() as tx:
            return await tx.attachments.page(after=None, limit=10_000)

    async def used(self, entity_type: str) -> set[str]:
        """The media that any slot of this type uses."""
        return {str(use.media_id) for use in await self.ledger() if use.entity_type == entity_type}

    async def detach(self, media_id: str) -> None:
        """As the deletion worker does it: one transaction a usage."""
        async with self.begin() as tx:
            uses = await tx.attachments.of_media(MediaId(UUID(media_id)))
        for use in uses:
            async with self.begin() as tx:
                await self.api.entity_types.detach(tx, use, now=self.api.clock.now())
                await tx.attachments.apply(added=[], removed=[use])
                await tx.commit()


@asynccontextmanager
async def open_shop(folder: Path, begin: UnitOfWorkFactory | None) -> AsyncIterator[Shop]:
    async with open_api(folder, begin=begin) as api:
        yield Shop(api)
