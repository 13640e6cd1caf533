"""The deletion worker at a media with a thousand usages, against asyncpg running the statements that it has sent."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from adapters.s3.connection import open_s3
from adapters.s3.store import S3ObjectStore
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Ids
from adapters.telemetry.log import StructuredLog
from adapters.telemetry.metrics import PrometheusTelemetry
from application.attachments.delete_media import DeleteMedia
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage
from domain.ids import MediaId
from entrypoints.media_consumers.media_consumer import postgres_repositories, registered_types
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS

Sent: TypeAlias = tuple[str, Sequence[Any]]
"""A statement and its arguments."""
_Fill: TypeAlias = Callable[[str], Awaitable[MediaId]]

_USAGES = 1_000
_TARGET = 0.5
_PATIENCE = 120
_SHOWN = 5

_MEDIA = f"""
WITH blob AS (
  INSERT INTO media_blobs (id, store_id, checksum, key, size_bytes, content_type, holders, created_at, version)
  VALUES (uuidv7(), uuidv7(), sha256('bench'), uuidv7(), 5, 'image/jpeg', 1, now(), 1) RETURNING id, store_id, checksum
)
INSERT INTO media (id, store_id, user_id, kind, status, blob_id, checksum, original_name, mime_type, content_class,
  size_bytes, storage_key, renditions, folder, words, usage_count, deletions, created_at, updated_at, version)
SELECT uuidv7(), store_id, uuidv7(), 'product', 'DELETE_REQUESTED', blob.id, checksum, 'bench.jpg', 'image/jpeg',
  'image', 5, 'bench', '[]', 'general', '{{}}', {_USAGES}, 1, now(), now(), 1
FROM blob RETURNING id, store_id
"""
_OTHERS = """
INSERT INTO media (id, store_id, user_id, kind, status, original_name, mime_type, content_class, size_bytes,
  storage_key, renditions, folder, words, usage_count, deletions, created_at, updated_at, version)
SELECT uuidv7(), $1, uuidv7(), 'product', 'READY', 'bench.jpg', 'image/jpeg', 'image', 5, 'bench', '[]', 'general',
  '{}', 0, 0, now(), now(), 1
FROM generate_series(2, $2::int) RETURNING id
"""
_USERS = f"""
INSERT INTO users (id, store_id, avatar_media_id, created_at, updated_at, version)
SELECT uuidv7(), $1, $2, now(), now(), 1 FROM generate_series(1, {_USAGES}) RETURNING id
"""
_PRODUCTS = f"""
INSERT INTO products (id, store_id, title, created_at, updated_at, version)
SELECT uuidv7(), $1, 'Bottle', now(), now(), 1 FROM generate_series(1, {_USAGES}) RETURNING id
"""
_GALLERIES = """
INSERT INTO product_media (id, product_id, media_id, usage_type, display_order)
SELECT uuidv7(), product, shown.media, 'gallery', shown.place - 1
FROM unnest($1::uuid[]) AS product, unnest($2::uuid[]) WITH ORDINALITY AS shown (media, place)
"""
_LEDGER = """
INSERT INTO media_attachments (id, media_id, entity_type, entity_id, store_id, storage_key, created_at)
SELECT uuidv7(), $1, $2, entity, $3, 'bench', now() FROM unnest($4::uuid[]) AS entity
"""


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds = 3 if size.quick else 6
    steps.expect(2 * (rounds + 1))
    ratios: Mapping[str, list[float]] = {
        "as the avatar of as many users": await _ratios(stage, _of_users, rounds, steps),
        f"in as many galleries of {_SHOWN}": await _ratios(stage, _of_products, rounds, steps),
    }
    return Section(
        title=f"Deletion of one media with {_USAGES:,} usages",
        rows=[
            Row.of_rounds(f"usages/s, {where}", "asyncpg running the same statements", found, target=_TARGET)
            for where, found in ratios.items()
        ],
        notes=[],
    )


async def _ratios(stage: Stage, fill: _Fill, rounds: int, steps: Steps) -> list[float]:
    """Ours in units of the floor: each round deletes from a copy of the same database, then from another."""
    template = await stage.fresh_database()
    media_id = await fill(template)
    sent: list[Sent] = []
    async with stage.copy_of(template) as copy, _database(copy) as engine:
        await _ours(stage, engine, media_id, sent)
    steps.done("recorded")
    ratios = []
    for _ in range(rounds):
        async with stage.copy_of(template) as copy, _database(copy) as engine:
            ours = await _ours(stage, engine, media_id)
        async with stage.copy_of(template) as copy:
            ratios.append(await _floor(copy, sent) / ours)
        steps.done(f"{ratios[-1]:.2f} of the floor")
    return ratios


async def _ours(stage: Stage, engine: AsyncEngine, media_id: MediaId, sent: list[Sent] | None = None) -> float:
    """Seconds, from the lookup to the tombstone. What is sent to the database is added to `sent`."""
    if sent is not None:
        _record(engine, sent)
    async with open_s3(stage.bucket) as connection:
        delete = DeleteMedia(
            begin=PostgresUnitOfWorkFactory(engine, Uuid7Ids(), repositories=postgres_repositories(MEDIA_CONSUMERS)),
            store=S3ObjectStore(connection),
            entity_types=registered_types(MEDIA_CONSUMERS),
            clock=SystemClock(),
            telemetry=PrometheusTelemetry(),
            log=StructuredLog(),
        )
        started = perf_counter()
        assert await delete(media_id)
        return perf_counter() - started


def _record(engine: AsyncEngine, sent: list[Sent]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(adapted: Any, _: Any) -> None:
        adapted.driver_connection.add_query_logger(lambda query: sent.append((query.query, query.args)))


async def _floor(dsn: str, sent: Sequence[Sent]) -> float:
    """Seconds."""
    async with _connected(dsn) as connection:
        started = perf_counter()
        for text, arguments in sent:
            await (connection.fetch(text, *arguments) if arguments else connection.execute(text))
        return perf_counter() - started


async def _of_users(dsn: str) -> MediaId:
    async with _connected(dsn) as connection:
        media = await connection.fetchrow(_MEDIA)
        users = await connection.fetch(_USERS, media["store_id"], media["id"])
        await _use(connection, media, "user_avatar", users)
    return MediaId(media["id"])


async def _of_products(dsn: str) -> MediaId:
    """The third of five in each gallery, whose last two move up."""
    async with _connected(dsn) as connection:
        media = await connection.fetchrow(_MEDIA)
        others = [row["id"] for row in await connection.fetch(_OTHERS, media["store_id"], _SHOWN)]
        products = await connection.fetch(_PRODUCTS, media["store_id"])
        shown = [*others[:2], media["id"], *others[2:]]
        await connection.execute(_GALLERIES, [product["id"] for product in products], shown)
        await _use(connection, media, "product_gallery", products)
    return MediaId(media["id"])


async def _use(
    connection: asyncpg.Connection, media: asyncpg.Record, entity_type: str, entities: Sequence[asyncpg.Record]
) -> None:
    ids: list[UUID] = [entity["id"] for entity in entities]
    await connection.execute(_LEDGER, media["id"], entity_type, media["store_id"], ids)
    await connection.execute("VACUUM ANALYZE")


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=_PATIENCE)
    try:
        yield connection
    finally:
        await connection.close(timeout=10)


@asynccontextmanager
async def _database(dsn: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(dsn)
    try:
        yield engine
    finally:
        await engine.dispose()
