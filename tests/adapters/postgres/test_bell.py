import asyncio
import time
from datetime import timedelta

import asyncpg

from adapters.postgres.bell import PostgresOutboxBell
from adapters.postgres.outbox_table import OUTBOX_CHANNEL

LONG = timedelta(seconds=20)
SHORT = timedelta(seconds=0.2)
HANG_UP = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'vitrine-bell'"
LISTENERS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'vitrine-bell'"


async def _seconds(bell: PostgresOutboxBell, at_most: timedelta) -> float:
    start = time.monotonic()
    await bell.wait(at_most=at_most)
    return time.monotonic() - start


async def test_it_rings_at_once_when_it_has_connected(postgres_dsn: str) -> None:
    async with PostgresOutboxBell(postgres_dsn) as bell:
        assert await _seconds(bell, LONG) < 5
        assert await _seconds(bell, SHORT) >= 0.19


async def test_it_rings_when_its_connection_is_lost_and_listens_again(
    postgres_dsn: str, bystander: asyncpg.Connection
) -> None:
    async with PostgresOutboxBell(postgres_dsn) as bell:
        await bell.wait(at_most=LONG)
        waiting = asyncio.create_task(_seconds(bell, LONG))
        await asyncio.sleep(0.05)
        await bystander.execute(HANG_UP)
        assert await waiting < 5

        assert await _seconds(bell, LONG) < 5  # connects
        waiting = asyncio.create_task(_seconds(bell, LONG))
        await asyncio.sleep(0.05)
        await bystander.execute(f"NOTIFY {OUTBOX_CHANNEL}")
        assert await waiting < 5


async def test_without_a_server_it_says_why_and_waits_its_time() -> None:
    troubles: list[Exception] = []
    async with PostgresOutboxBell("postgresql://x:y@127.0.0.1:1/z", on_trouble=troubles.append) as bell:
        assert await _seconds(bell, SHORT) >= 0.19
        assert await _seconds(bell, SHORT) >= 0.19
    assert len(troubles) == 2


async def test_a_cancelled_wait_may_be_repeated_and_leaves_one_connection_at_most(
    postgres_dsn: str, bystander: asyncpg.Connection
) -> None:
    async with PostgresOutboxBell(postgres_dsn) as bell:
        for delay in range(20):
            waiting = asyncio.create_task(bell.wait(at_most=LONG))
            await asyncio.sleep(delay / 1000)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await bell.wait(at_most=SHORT)
        assert await bystander.fetchval(LISTENERS) == 1
