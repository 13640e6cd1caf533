"""Writing and reading 60 assets: the driver's own calls on SQLAlchemy's pool, against SQLAlchemy Core throughout.

Ours goes all the way between aggregates and the database; Core is given its rows and may keep those that it reads.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter, process_time
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import insert, make_url, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.postgres.assets import assets as table
from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from adapters.system.ids import Uuid7Ids
from bench.finished_batch import finished_batch
from bench.marketplace import open_marketplace
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage
from domain.assets.asset import Asset
from domain.ids import AssetId, BatchId

_FILES = 60
_TIMES = 40


class _Side(Protocol):
    @abstractmethod
    async def read(self) -> object: ...

    @abstractmethod
    async def write(self) -> None:
        """Insert all rows in one transaction, and roll it back."""


class _Driver(_Side):
    def __init__(self, engine: AsyncEngine, full: BatchId, empty: BatchId, assets: Sequence[Asset]) -> None:
        self._begin = PostgresUnitOfWorkFactory(engine, Uuid7Ids())
        self._full = full
        self._assets = [replace(asset, id=AssetId(uuid4()), batch_id=empty, version=0) for asset in assets]

    async def read(self) -> object:
        async with self._begin() as tx:
            return await tx.assets.of_batch(self._full)

    async def write(self) -> None:
        async with self._begin() as tx:
            await tx.assets.add(self._assets)


class _Core(_Side):
    def __init__(self, engine: AsyncEngine, full: BatchId, empty: BatchId) -> None:
        self._engine = engine
        self._empty = empty
        self._query = select(table).where(table.c.batch_id == full).order_by(table.c.media_type, table.c.sequence)
        self._insert = insert(table)
        self._rows: list[dict[str, Any]] = []

    async def prepare(self) -> None:
        self._rows = [{**row, "id": uuid4(), "batch_id": self._empty} for row in await self.read()]

    async def read(self) -> Sequence[Mapping[str, Any]]:
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(self._query)).mappings()]

    async def write(self) -> None:
        async with self._engine.connect() as connection:
            await connection.execute(self._insert, self._rows)
            await connection.rollback()


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds = 4 if size.quick else 10
    steps.expect(rounds)
    database = await stage.fresh_database()
    async with open_marketplace(stage.settings(database)) as marketplace:
        full = await finished_batch(marketplace, await marketplace.listing(), files=_FILES)
        empty = await finished_batch(marketplace, await marketplace.listing(), files=0)
        async with marketplace.begin() as tx:
            assets = await tx.assets.of_batch(full)
    ours = open_engine(database)
    core = create_async_engine(make_url(database).set(drivername="postgresql+asyncpg"))
    try:
        theirs = _Core(core, full, empty)
        await theirs.prepare()
        ratios = [await _round(_Driver(ours, full, empty, assets), theirs, steps) for _ in range(rounds)]
    finally:
        await ours.dispose()
        await core.dispose()
    against = "SQLAlchemy Core for the statements too"
    return Section(
        title=f"Statements, {_FILES} assets each",
        rows=[Row.of_rounds(name, against, [ratio[name] for ratio in ratios]) for name in ratios[0]],
        notes=[],
    )


async def _round(ours: _Side, theirs: _Side, steps: Steps) -> dict[str, float]:
    """Ours in units of theirs."""
    pairs = {
        "insert": (await _spent(ours, "write"), await _spent(theirs, "write")),
        "read": (await _spent(ours, "read"), await _spent(theirs, "read")),
    }
    ratios = {}
    for name, (mine, other) in pairs.items():
        ratios[f"time to {name}"] = mine[0] / other[0]
        ratios[f"CPU of the client to {name}"] = mine[1] / other[1]
    steps.done(f"{ratios['time to insert']:.2f} of the time")
    return ratios


async def _spent(side: _Side, action: str) -> tuple[float, float]:
    """Seconds and CPU seconds of this process."""
    call = side.write if action == "write" else side.read
    await call()
    started, cpu = perf_counter(), process_time()
    for _ in range(_TIMES):
        await call()
    return perf_counter() - started, process_time() - cpu
