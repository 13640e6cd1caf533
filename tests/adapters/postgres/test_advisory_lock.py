import asyncio

import asyncpg
import pytest

from adapters.postgres.advisory_lock import advisory_lock
from domain.errors import Unavailable

HANG_UP = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'vitrine-lock'"


async def test_one_at_a_time_has_a_name(postgres_dsn: str) -> None:
    async with advisory_lock(postgres_dsn, "this") as first:
        async with advisory_lock(postgres_dsn, "this") as second, advisory_lock(postgres_dsn, "that") as other:
            assert (first, second, other) == (True, False, True)
        async with advisory_lock(postgres_dsn, "this") as third:
            assert not third, "who has not got it does not free it"

    async with advisory_lock(postgres_dsn, "this") as again:
        assert again


async def test_of_twenty_at_once_one_has_it(postgres_dsn: str) -> None:
    decided = asyncio.Barrier(20)

    async def obtain() -> bool:
        async with advisory_lock(postgres_dsn, "this") as obtained:
            await decided.wait()
            return obtained

    assert sum(await asyncio.gather(*(obtain() for _ in range(20)))) == 1


async def test_it_is_free_once_its_holder_is_gone(postgres_dsn: str, bystander: asyncpg.Connection) -> None:
    async with advisory_lock(postgres_dsn, "this") as first:
        await bystander.execute(HANG_UP)
        async with advisory_lock(postgres_dsn, "this") as second:
            assert first
            assert second


async def test_where_there_is_no_database_it_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        async with advisory_lock("postgresql://nobody@127.0.0.1:1/none", "this"):
            pass
