"""The API as its callers see it: one method an endpoint, raw answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx

Json = dict[str, Any]

LISTINGS = "/api/v2/listings"
UPLOADS = f"{LISTINGS}/media/uploads"
DOWNLOADS = f"{LISTINGS}/media/downloads/query"
CALLBACKS = f"{LISTINGS}/media/callbacks"


class Caller:
    """Somebody with a token. `http` knows the address of the API."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.http = http
        self.headers = {"Authorization": f"Bearer {token}"}

    async def put_listing(self, listing_id: UUID, facts: Json) -> httpx.Response:
        return await self.http.put(f"{LISTINGS}/{listing_id}", json=facts, headers=self.headers)

    async def announce(self, listing_id: UUID, files: Sequence[Json], reference: str = "shoot") -> httpx.Response:
        return await self._post(UPLOADS, listingId=str(listing_id), batchReference=reference, files=list(files))

    async def fresh_urls(self, listing_id: UUID, batch_id: str) -> httpx.Response:
        return await self._post(f"{UPLOADS}/urls", listingId=str(listing_id), batchId=batch_id)

    async def complete(self, listing_id: UUID, batch_id: str, files: Sequence[Json], **options: bool) -> httpx.Response:
        body: Json = {"listingId": str(listing_id), "batchId": batch_id, "files": list(files), **options}
        return await self._post(f"{UPLOADS}/complete", **body)

    async def status(self, listing_id: UUID, batch_id: str) -> httpx.Response:
        return await self._post(f"{UPLOADS}/status", listingId=str(listing_id), batchId=batch_id)

    async def retry(self, listing_id: UUID, batch_id: str) -> httpx.Response:
        return await self._post(f"{UPLOADS}/retry", listingId=str(listing_id), batchId=batch_id)

    async def downloads(self, listing_id: UUID, batch_id: str | None = None) -> httpx.Response:
        named = {"batchId": batch_id} if batch_id else {}
        return await self._post(DOWNLOADS, listingId=str(listing_id), **named)

    async def batches(self, listing_id: UUID, **page: str) -> httpx.Response:
        parameters = {"listingId": str(listing_id), **page}
        return await self.http.get(UPLOADS, params=parameters, headers=self.headers)

    async def delete(self, batch_id: str) -> httpx.Response:
        return await self.http.delete(f"{UPLOADS}/{batch_id}", headers=self.headers)

    async def delete_asset(self, batch_id: str, asset_id: str) -> httpx.Response:
        return await self.http.delete(f"{UPLOADS}/{batch_id}/assets/{asset_id}", headers=self.headers)

    async def _post(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(path, json=body, headers=self.headers)
