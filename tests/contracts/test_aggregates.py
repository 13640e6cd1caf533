"""What holds for every aggregate, whatever stores it."""

from copy import deepcopy

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.errors import ConcurrentUpdate
from tests.builders import untouched_fields
from tests.contracts.families import FAMILIES, Family
from tests.contracts.stored import put, read, store


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Family:
    return FAMILIES[request.param]()


async def test_every_field_makes_the_round_trip(begin: UnitOfWorkFactory, family: Family) -> None:
    assert untouched_fields(family.old) <= {"title", "deleted_at", "condemned_at"}
    await store(begin, *family.parents, family.old)

    assert await read(begin, family.old) == family.old


async def test_an_update_writes_every_field_that_may_change(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents, family.young)
    family.old.version = family.young.version

    await store(begin, family.old)

    assert await read(begin, family.old) == family.old


async def test_an_update_writes_nothing_back_to_none(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents, family.old)
    family.young.version = family.old.version

    await store(begin, family.young)

    assert await read(begin, family.young) == family.young


async def test_the_version_counts_the_writes_and_may_be_written_again_at_once(
    begin: UnitOfWorkFactory, family: Family
) -> None:
    await store(begin, *family.parents)
    async with begin() as tx:
        await put(tx, family.young)
        await put(tx, family.young)
        assert family.young.version == 2
        await tx.commit()

    assert await read(begin, family.young) == family.young


async def test_a_stale_version_is_refused(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents, family.young)
    stale = deepcopy(family.young)
    await store(begin, family.young)

    with pytest.raises(ConcurrentUpdate):
        await store(begin, stale)

    assert await read(begin, family.young) == family.young


@pytest.mark.parametrize("family", sorted(FAMILIES.keys() - {"blob"}), indirect=True)  # the second obtains the first
async def test_two_inserts_of_one_id_have_one_winner(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents)
    twin = deepcopy(family.young)
    await store(begin, family.young)

    with pytest.raises(ConcurrentUpdate):
        await store(begin, twin)


async def test_what_was_read_is_a_copy(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents, family.young)
    mine = await read(begin, family.young)
    assert mine is not None
    mine.version = 99

    assert await read(begin, family.young) == family.young


async def test_what_was_written_is_a_copy(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents, family.young)
    before = deepcopy(family.young)
    family.young.version = 99

    assert await read(begin, family.young) == before


async def test_what_does_not_exist_is_none(begin: UnitOfWorkFactory, family: Family) -> None:
    assert await read(begin, family.young) is None
