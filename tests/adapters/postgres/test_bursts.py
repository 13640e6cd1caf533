"""Plans are made while little waits, and kept; they must still be good when a lot does."""

import time

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from tests.builders import IDS, NOW

MORE_THAN_ENOUGH_TO_PLAN_ONCE = 8
FIVE_THOUSAND = """
INSERT INTO outbox (message_id, topic, key, type, payload, content_type, headers, occurred_at, available_at)
SELECT gen_random_uuid(), 'topic', number::text, 'type', '{}', 'application/json', '{}', $1, $1
FROM generate_series(1, 5000) AS number
"""


async def _take(engine: AsyncEngine) -> int:
    async with PostgresUnitOfWorkFactory(engine, IDS)() as tx:
        return len(await tx.outbox.take(limit=200, now=NOW))


async def test_a_burst_does_not_slow_the_relay_down(postgres_dsn: str, bystander: asyncpg.Connection) -> None:
    engine = open_engine(postgres_dsn, limits=PostgresLimits(connections=1))
    await bystander.execute("ALTER TABLE outbox SET (autovacuum_enabled = off)")
    for _ in range(MORE_THAN_ENOUGH_TO_PLAN_ONCE):
        assert await _take(engine) == 0
    await bystander.execute(FIVE_THOUSAND, NOW)

    start = time.monotonic()
    assert await _take(engine) == 200
    assert time.monotonic() - start < 1, "it takes 5 ms, or 10 s by a plan that compares each entry with all others"
    await engine.dispose()
