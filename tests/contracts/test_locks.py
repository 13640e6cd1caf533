"""`lock` puts transactions that want one aggregate in a row."""

import asyncio

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.errors import Unavailable
from tests.builders import build_asset, build_batch, build_booking, build_listing
from tests.contracts.families import FAMILIES, Family
from tests.contracts.stored import lock, read, store

SOON = 0.05


@pytest.fixture(params=["listing", "batch", "job", "task"])
def family(request: pytest.FixtureRequest) -> Family:
    return FAMILIES[request.param]()


async def test_increments_under_the_lock_are_never_lost(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents, family.young)

    async def touch() -> None:
        async with begin() as tx:
            found = await lock(tx, family.young)
            assert found is not None
            await asyncio.sleep(0)
            match found:
                case _ if hasattr(found, "title"):
                    raise AssertionError
            await _save(tx, found)
            await tx.commit()

    await asyncio.gather(*(touch() for _ in range(10)))

    after = await read(begin, family.young)
    assert after is not None
    assert after.version == 11
