"""Pages of the library out of a million media of one store, against the same pages out of ten thousand."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg

from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from adapters.system.ids import Uuid7Ids
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage
from domain.ids import MediaId, StoreId, UserId
from domain.media.content_class import ContentClass
from domain.media.kind import MediaKind
from domain.media.media import MediaStatus
from domain.media.repository import LibraryFilter

_FEW = 10_000
_PAGE = 26
"""25, and one that tells whether there is more."""
_ROUNDS = 5
_WRITES = 100
_TARGET = 1.5
_STORE = StoreId(UUID(int=1))

# Each draw decides several columns, so that some values belong together and others never meet.
_MEDIA = """
INSERT INTO media (id, store_id, user_id, kind, status, blob_id, original_name, words, mime_type, content_class,
  size_bytes, storage_key, metadata, renditions, folder, usage_count, deletions, created_at, updated_at, version)
SELECT uuidv7(), $1, lpad(to_hex(1 + floor(200 * a ^ 3)::int), 32, '0')::uuid, sort.kind,
  CASE WHEN b < 0.01 THEN 'FAILED' WHEN b < 0.02 THEN 'PENDING' WHEN b < 0.05 THEN 'UPLOADED' ELSE 'READY' END,
  NULL, 'img ' || n, ARRAY['img', lpad(n::text, 8, '0'), 'jpg',
    CASE WHEN c < 0.5 THEN 'kitchen' WHEN c < 0.51 THEN 'terrace' ELSE 'w' || floor(c * 9000)::int END],
  sort.mime_type, sort.content_class, 1000, 'key', '{"width": 4000, "height": 3000}', '[]',
  'folder ' || floor(1000 * d ^ 4)::int, CASE WHEN e < 0.3 THEN 0 ELSE 1 END, 0, now(), now(), 1
FROM (
  SELECT n, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS f
  FROM generate_series(1, $2::int) AS n
) AS drawn JOIN (VALUES
  (0.00, 0.60, 'product', 'image/jpeg', 'image'), (0.60, 0.65, 'product', 'video/mp4', 'video'),
  (0.65, 0.85, 'ads', 'image/webp', 'image'), (0.85, 0.90, 'pdf', 'application/pdf', 'document'),
  (0.90, 0.94, 'coa', 'application/pdf', 'document'), (0.94, 0.95, 'manifest', 'application/pdf', 'document'),
  (0.95, 0.97, 'store', 'image/png', 'image'), (0.97, 1.00, 'other', 'text/plain', 'other')
) AS sort (low, high, kind, mime_type, content_class) ON f >= low AND f < high
"""
# A trigger keeps them one media at a time; a million at once go faster without it.
_POSTINGS = """
ALTER TABLE media_postings DROP CONSTRAINT pk_media_postings;
INSERT INTO media_postings SELECT DISTINCT key, id FROM media CROSS JOIN unnest(media_posting_keys(media)) AS key;
ALTER TABLE media_postings ADD CONSTRAINT pk_media_postings PRIMARY KEY (key, media_id);
"""
_WRITTEN = {
    "to insert a media": "INSERT INTO media SELECT fresh.* FROM media AS old, "
    "LATERAL jsonb_populate_record(old, jsonb_build_object('id', uuidv7())) AS fresh WHERE old.id = $1",
    "to change a status": "UPDATE media SET status = CASE status WHEN 'READY' THEN 'FAILED' ELSE 'READY' END "
    "WHERE id = $1",
    "of the first use, or the last": "UPDATE media SET usage_count = 1 - usage_count WHERE id = $1",
    "of one use more": "UPDATE media SET usage_count = usage_count + 1 WHERE id = $1 AND usage_count = 1",
}

_MEMBER = UserId(UUID(int=3))
_CASES: Mapping[str, Mapping[str, Any]] = {
    "all": {},
    "all, for a member": {"confidential_of": _MEMBER},
    "kind, frequent": {"kind": MediaKind.PRODUCT},
    "kind, rare": {"kind": MediaKind.MANIFEST},
    "media type": {"content_class": ContentClass.DOCUMENT},
    "folder, frequent": {"folder": "folder 0"},
    "folder, rare": {"folder": "folder 10"},
    "folder, none": {"folder": "nowhere"},
    "mime": {"mime_type": "image/png"},
    "status, rare": {"status": MediaStatus.FAILED},
    "uploader, rare": {"user_id": UserId(UUID(int=200))},
    "unused": {"unused": True},
    "kind and unused": {"kind": MediaKind.ADS, "unused": True},
    "kind and media type, that never meet": {"kind": MediaKind.COA, "content_class": ContentClass.IMAGE},
    "folder and status, both rare": {"folder": "folder 10", "status": MediaStatus.FAILED},
    "folder and uploader": {"folder": "folder 1", "user_id": _MEMBER},
    "folder, media type and unused": {"folder": "folder 1", "content_class": ContentClass.VIDEO, "unused": True},
    "search, frequent": {"words": frozenset({"kitchen"})},
    "search, rare": {"words": frozenset({"terrace"})},
    "search, one": {"words": frozenset({"00005000"})},
    "search, none": {"words": frozenset({"zebra"})},
    "search, beginning of a word": {"words": frozenset({"kit"})},
    "search and media type": {"words": frozenset({"kitchen"}), "content_class": ContentClass.VIDEO},
    "search and unused": {"words": frozenset({"kitchen"}), "unused": True},
    "search and folder, rare": {"words": frozenset({"kitchen"}), "folder": "folder 10"},
    "search, two words": {"words": frozenset({"img", "kitchen"})},
    "search and folder, of some percent each": {"words": frozenset({"terrace"}), "folder": "folder 1"},
}
_LOOKED_THROUGH = {"search and folder, of some percent each"}
"""The worst that words beside another filter come to, where the two are independent: it informs, and has no target."""


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    many, pages = (200_000, 60) if size.quick else (1_000_000, 150)
    steps.expect(3 + len(_CASES))
    async with _library(stage, _FEW) as small:
        steps.done(f"{_FEW:,} media")
        async with _library(stage, many) as large:
            steps.done(f"{many:,} media")
            rows = []
            for name, wanted in _CASES.items():
                asked = LibraryFilter(store_id=_STORE, **wanted)
                rows.append(await _compared(name, asked, small, large, pages=pages))
                steps.done(name)
            rows += await _write_cost(large)
            steps.done("written")
            notes = [await large.described()]
    return Section(title=f"Library: p99 of a page of 25 out of {many:,} media, at any depth", rows=rows, notes=notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Library:
    """`depths` are where pages begin: at the newest, in the middle, before the last page."""

    begin: PostgresUnitOfWorkFactory
    connection: asyncpg.Connection
    depths: Sequence[MediaId | None]

    async def seconds(self, wanted: LibraryFilter, before: MediaId | None) -> float:
        started = perf_counter()
        async with self.begin() as tx:
            await tx.media_library.page(wanted, before=before, limit=_PAGE)
        return perf_counter() - started

    async def described(self) -> str:
        row = await self.connection.fetchrow("""
            SELECT pg_total_relation_size('media_postings') AS postings, pg_total_relation_size('media') AS media,
              (SELECT count(*) FROM media) AS number, (SELECT count(*) FROM media_postings) AS keys
        """)
        return (
            f"{row['keys'] / row['number']:.0f} postings a media: {row['postings'] / row['number'] / 1024:.1f} KiB"
            f" beside {row['media'] / row['number'] / 1024:.1f} KiB of the media itself"
        )


@asynccontextmanager
async def _library(stage: Stage, number: int) -> AsyncIterator[_Library]:
    dsn = await stage.fresh_database()
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=1800)
    engine = open_engine(dsn)
    try:
        await connection.execute("ALTER TABLE media DISABLE TRIGGER USER")
        await connection.execute("SELECT setseed(0.5)")
        await connection.execute(_MEDIA, _STORE, number)
        await connection.execute("SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'")
        await connection.execute(_POSTINGS)
        await connection.execute("ALTER TABLE media ENABLE TRIGGER USER")
        for table in ("media", "media_postings"):
            await connection.execute(f"VACUUM ANALYZE {table}")
        deep = [
            MediaId(await connection.fetchval("SELECT id FROM media ORDER BY id OFFSET $1 LIMIT 1", place))
            for place in (number // 2, 40)
        ]
        yield _Library(begin=PostgresUnitOfWorkFactory(engine, Uuid7Ids()), connection=connection, depths=[None, *deep])
    finally:
        await engine.dispose()
        await connection.close(timeout=10)


async def _compared(name: str, wanted: LibraryFilter, small: _Library, large: _Library, *, pages: int) -> Row:
    """The two take turns page by page, so that whatever else the machine does meets both."""
    for library in (small, large):
        for before in library.depths:
            await library.seconds(wanted, before)
            await library.seconds(wanted, before)
    ratios = []
    for _ in range(_ROUNDS):
        few, many = [], []
        for one, other in islice(cycle(zip(small.depths, large.depths, strict=True)), pages):
            few.append(await small.seconds(wanted, one))
            many.append(await large.seconds(wanted, other))
        ratios.append(_p99(many) / _p99(few))
    target = None if name in _LOOKED_THROUGH else _TARGET
    return Row.of_rounds(name, f"out of {_FEW:,}", ratios, target=target, at_most=True)


def _p99(samples: Sequence[float]) -> float:
    return quantiles(samples, n=100, method="inclusive")[-1]


async def _write_cost(library: _Library) -> list[Row]:
    """Statements with the trigger, against the same without it."""
    some = await library.connection.fetch("SELECT id FROM media ORDER BY id DESC LIMIT $1", _WRITES)
    ids = [row["id"] for row in some]
    rows = []
    for name, statement in _WRITTEN.items():
        ratios = []
        for _ in range(_ROUNDS):
            bare = await _written(library.connection, statement, ids, trigger="DISABLE")
            ratios.append(await _written(library.connection, statement, ids, trigger="ENABLE") / bare)
        rows.append(Row.of_rounds(f"time {name}", "without postings, before the commit", ratios))
    return rows


async def _written(connection: asyncpg.Connection, statement: str, ids: Sequence[UUID], *, trigger: str) -> float:
    """In seconds, for all of them; nothing of it stays."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"ALTER TABLE media {trigger} TRIGGER USER")
        started = perf_counter()
        for media_id in ids:
            await connection.execute(statement, media_id)
        return perf_counter() - started
    finally:
        await transaction.rollback()
