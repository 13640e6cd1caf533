"""The least that could answer the two requests: ASGI, asyncpg, msgspec. `python -m bench.floor_process`.

The same server, the same rows in as many transactions, the same URLs from the same signer, the same JSON;
no routing, no rules, no repositories, no log. The token's signature and expiry are checked, and nothing else of it.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import jwt
import msgspec
import uvloop

from adapters.postgres.assets import assets
from adapters.postgres.batches import batches
from adapters.postgres.outbox_table import OUTBOX_CHANNEL, outbox
from adapters.postgres.statements import insert_many, insert_one
from adapters.s3.signer import SigV4UrlSigner
from adapters.system.ids import Uuid7Ids
from bench.api_process import serve
from domain.checksum import Checksum
from entrypoints.http.listing_media.requests import AnnouncedFileBody, CreateUploadBatchBody, QueryDownloadsBody
from entrypoints.http.listing_media.responses import (
    DownloadBody,
    DownloadItemBody,
    DownloadsBody,
    UploadTicketBody,
    UploadTicketsBody,
)
from entrypoints.http.server import HttpServer
from entrypoints.services import open_services
from entrypoints.settings import Settings

_UPLOADS = "/api/v2/listings/media/uploads"
_CONNECTIONS = 10
_UPLOAD_LIFETIME, _DOWNLOAD_LIFETIME = timedelta(minutes=15), timedelta(hours=1)
_LISTING = "SELECT l.*, (SELECT json_agg(b) FROM bookings b WHERE b.listing_id = l.id) FROM listings l WHERE l.id = $1"
_LIVE = "SELECT id FROM listing_media_batches WHERE listing_id = $1 AND reference = $2 AND deleted_at IS NULL"
_BATCH = "SELECT * FROM listing_media_batches WHERE id = $1"
_ASSETS = "SELECT * FROM listing_media_assets WHERE batch_id = $1 ORDER BY media_type, sequence"
_INSERT_BATCH, _INSERT_ASSETS, _INSERT_OUTBOX = insert_one(batches), insert_many(assets), insert_many(outbox)
_INSERT_AND_RING = (
    f"WITH added AS ({_INSERT_OUTBOX.text} RETURNING 1) SELECT pg_notify('{OUTBOX_CHANNEL}', '') FROM added LIMIT 1"
)

_encode = msgspec.json.Encoder().encode
_decode_upload = msgspec.json.Decoder(CreateUploadBatchBody).decode
_decode_query = msgspec.json.Decoder(QueryDownloadsBody).decode
_ids = Uuid7Ids()


class _Rendition(msgspec.Struct):
    name: str
    key: str


class _Facts(msgspec.Struct):
    width: int
    height: int
    thumbhash: str
    dominant_color: str
    codec: str


_decode_renditions = msgspec.json.Decoder(list[_Rendition]).decode
_decode_facts = msgspec.json.Decoder(_Facts).decode


class Floor:
    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", signer: SigV4UrlSigner, secret: str) -> None:
        self._pool = pool
        self._signer = signer
        self._secret = secret

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        token = dict(scope["headers"])[b"authorization"].removeprefix(b"Bearer ")
        claims = jwt.decode(token, self._secret, algorithms=["HS256"])
        body = await _body(receive)
        if scope["path"] == _UPLOADS:
            status, encoded = 201, _encode(await self._announce(_decode_upload(body), UUID(claims["sub"])))
        else:
            status, encoded = 200, _encode(await self._downloads(_decode_query(body)))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(encoded)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": encoded})

    async def _announce(self, request: CreateUploadBatchBody, user: UUID) -> UploadTicketsBody:
        now = datetime.now(UTC)
        batch_id = _ids.new()
        rows = [_Announced(request.listing_id, batch_id, file) for file in request.files]
        async with self._pool.acquire() as connection:
            listing = await connection.fetchrow(_LISTING, request.listing_id)
            await connection.fetch(_LIVE, request.listing_id, request.batch_reference)
            async with connection.transaction():
                await connection.execute(_INSERT_BATCH.text, *_batch(request, batch_id, listing, user, now))
                await connection.execute(_INSERT_ASSETS.text, *_assets(request, batch_id, rows, now))
                await connection.execute(_INSERT_AND_RING, *_outbox(request, batch_id, now))
        return UploadTicketsBody(
            listing_id=request.listing_id,
            batch_id=batch_id,
            batch_reference=request.batch_reference,
            status="PENDING_UPLOAD",
            expires_at=now + timedelta(hours=24),
            upload_expires_at=now + _UPLOAD_LIFETIME,
            files=[self._ticket(row, now) for row in rows],
        )

    def _ticket(self, row: "_Announced", now: datetime) -> UploadTicketBody:
        file = row.file
        signed = self._signer.put(
            row.key,
            content_type=file.content_type,
            size=file.bytes,
            checksum=row.checksum,
            now=now,
            expires_in=_UPLOAD_LIFETIME,
        )
        return UploadTicketBody(
            client_id=file.client_id,
            asset_id=row.id,
            object_key=row.key,
            title=file.title,
            sequence=file.sequence,
            method="PUT",
            upload_url=signed.url,
            headers=dict(signed.headers),
        )

    async def _downloads(self, request: QueryDownloadsBody) -> DownloadsBody:
        now = datetime.now(UTC)
        async with self._pool.acquire() as connection:
            await connection.fetchrow(_LISTING, request.listing_id)
            batch = await connection.fetchrow(_BATCH, request.batch_id)
            rows = await connection.fetch(_ASSETS, request.batch_id)
        url = self._signer.get(
            batch["archive_key"], now=now, expires_in=_DOWNLOAD_LIFETIME, download_as=f"{batch['reference']}.zip"
        )
        archive = DownloadBody(
            type="ZIP_FULL",
            url=url,
            bytes=batch["archive_size"],
            extracted_bytes=batch["archive_extracted_size"],
            expires_at=now + _DOWNLOAD_LIFETIME,
        )
        photos = DownloadBody(type="PHOTO_HORIZONTAL", items=[self._item(row, now) for row in rows])
        return DownloadsBody(batch_id=batch["id"], generated_at=now, ttl_seconds=3600, downloads=[archive, photos])

    def _item(self, row: "asyncpg.Record", now: datetime) -> DownloadItemBody:
        get = self._signer.get
        facts = _decode_facts(row["facts"])
        original = get(row["key"], now=now, expires_in=_DOWNLOAD_LIFETIME)
        urls = {"original": original}
        for rendition in _decode_renditions(row["renditions"]):
            urls[rendition.name] = get(rendition.key, now=now, expires_in=_DOWNLOAD_LIFETIME)
        return DownloadItemBody(
            asset_id=row["id"],
            title=row["title"],
            sequence=row["sequence"],
            label=row["title"] or row["filename"],
            url=original,
            preview=urls["medium"],
            width=facts.width,
            height=facts.height,
            thumbhash=facts.thumbhash,
            dominant_color=facts.dominant_color,
            codec=facts.codec,
            renditions=urls,
        )


class _Announced:
    def __init__(self, listing_id: UUID, batch_id: UUID, file: AnnouncedFileBody) -> None:
        self.id = _ids.new()
        self.file = file
        self.key = f"{listing_id}/raw/photo/horizontal/{batch_id}/{self.id}-{file.filename}"
        self.checksum = Checksum(bytes.fromhex(file.checksum))


def _batch(request: CreateUploadBatchBody, batch_id: UUID, listing: Any, user: UUID, now: datetime) -> list[Any]:
    values = {
        "id": batch_id,
        "listing_id": request.listing_id,
        "store_id": listing["store_id"],
        "reference": request.batch_reference,
        "manifest_digest": hashlib.sha256(request.batch_reference.encode()).digest(),
        "status": "PENDING_UPLOAD",
        "carries_photos": True,
        "file_count": len(request.files),
        "total_bytes": sum(file.bytes for file in request.files),
        "jobs": 0,
        "created_by": user,
        "created_at": now,
        "expires_at": now + timedelta(hours=24),
        "version": 1,
    }
    return [values.get(name) for name in _INSERT_BATCH.names]


def _assets(
    request: CreateUploadBatchBody, batch_id: UUID, rows: Sequence[_Announced], now: datetime
) -> list[list[Any]]:
    number = len(rows)
    columns: dict[str, list[Any]] = {
        "id": [row.id for row in rows],
        "batch_id": [batch_id] * number,
        "listing_id": [request.listing_id] * number,
        "client_id": [row.file.client_id for row in rows],
        "media_type": [row.file.media_type for row in rows],
        "filename": [row.file.filename for row in rows],
        "content_type": [row.file.content_type for row in rows],
        "size": [row.file.bytes for row in rows],
        "checksum": [row.checksum.digest for row in rows],
        "sequence": [row.file.sequence for row in rows],
        "title": [row.file.title for row in rows],
        "key": [row.key for row in rows],
        "status": ["PENDING_UPLOAD"] * number,
        "renditions": ["[]"] * number,
        "created_at": [now] * number,
        "updated_at": [now] * number,
        "version": [1] * number,
    }
    nothing: list[None] = [None] * number
    return [columns.get(name, nothing) for name in _INSERT_ASSETS.names]


def _outbox(request: CreateUploadBatchBody, batch_id: UUID, now: datetime) -> list[list[Any]]:
    payload = {
        "occurredAt": now,
        "batchId": batch_id,
        "listingId": request.listing_id,
        "reference": request.batch_reference,
        "files": len(request.files),
    }
    values = {
        "message_id": _ids.new(),
        "topic": "bench",
        "key": str(batch_id),
        "type": "vitrine.batch.opened",
        "payload": _encode(payload),
        "content_type": "application/json",
        "headers": "{}",
        "occurred_at": now,
        "available_at": now,
    }
    return [[values.get(name)] for name in _INSERT_OUTBOX.names]


async def _body(receive: Any) -> bytes:
    pieces = []
    more = True
    while more:
        message = await receive()
        pieces.append(message["body"])
        more = message.get("more_body", False)
    return b"".join(pieces)


async def _live(receive: Any, send: Any) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def _no_reset(_: Any) -> None:
    """asyncpg's pool would ask the server to reset each connection: a round trip that the floor has no need of."""


async def main() -> None:
    settings = Settings.from_environment()
    assert settings.jwt_secret
    async with (
        open_services(settings) as services,
        asyncpg.create_pool(
            services.database_url,
            min_size=_CONNECTIONS,
            max_size=_CONNECTIONS,
            reset=_no_reset,
            server_settings={"jit": "off", "timezone": "UTC"},
        ) as pool,
    ):
        floor = Floor(pool, SigV4UrlSigner(services.public_bucket), settings.jwt_secret)
        await serve(HttpServer(floor, host=settings.host, port=0))


if __name__ == "__main__":
    uvloop.run(main())
