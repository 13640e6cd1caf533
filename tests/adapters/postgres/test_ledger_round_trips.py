"""What reconciling costs: statements are counted on the driver, BEGIN among them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.postgres.unit_of_work import PostgresUnitOfWork, PostgresUnitOfWorkFactory
from application.attachments.reconcile_attachments import UsageChange
from tests.ledger import Ledger

HUNDRED = 100


@pytest.fixture
async def ledger(begin: PostgresUnitOfWorkFactory) -> Ledger:
    """It has been used before: of each connection the driver asks once what its types are."""
    ledger = Ledger(begin)
    await ledger(ledger.change([], await ledger.media(1), entity_type="license"))
    return ledger


@asynccontextmanager
async def statements_of(tx: PostgresUnitOfWork) -> AsyncIterator[list[str]]:
    """The first word of each statement that is sent, in order."""
    said: list[str] = []
    with tx._connection.driver_connection.query_logger(lambda sent: said.append(sent.query.split()[0])):
        yield said
        await asyncio.sleep(0)  # the driver tells of them a moment later


async def reconciled(begin: PostgresUnitOfWorkFactory, ledger: Ledger, *changes: UsageChange) -> list[str]:
    async with begin() as tx:
        async with statements_of(tx) as said:
            await ledger.reconcile(tx, *changes)
        await tx.commit()
    return said


async def test_where_nothing_changes_it_is_one_question_and_no_write(
    begin: PostgresUnitOfWorkFactory, ledger: Ledger
) -> None:
    media = await ledger.media(HUNDRED)
    await ledger(ledger.change([], media))

    assert await reconciled(begin, ledger, ledger.change(media, media[::-1])) == ["SELECT"]


async def test_within_a_transaction_that_has_begun_it_is_one_question_too(
    begin: PostgresUnitOfWorkFactory, ledger: Ledger
) -> None:
    media = await ledger.media(3)
    await ledger(ledger.change([], media))
    async with begin() as tx:
        await tx.media.lock(media[0].id)
        async with statements_of(tx) as said:
            await ledger.reconcile(tx, ledger.change(media, media))

    assert said == ["SELECT"]


@pytest.mark.parametrize("number", [1, HUNDRED])
async def test_however_many_media_come_it_is_four_round_trips(
    begin: PostgresUnitOfWorkFactory, ledger: Ledger, number: int
) -> None:
    media = await ledger.media(number)

    assert await reconciled(begin, ledger, ledger.change([], media)) == ["SELECT", "BEGIN", "SELECT", "WITH"]
    assert [await ledger.count(each) for each in media] == [1] * number


async def test_a_hundred_that_come_and_a_hundred_that_go_in_two_slots_are_four_too(
    begin: PostgresUnitOfWorkFactory, ledger: Ledger
) -> None:
    old, new = await ledger.media(HUNDRED), await ledger.media(HUNDRED)
    await ledger(ledger.change([], old), ledger.change([], old, entity_type="product_coa"))
    changes = [ledger.change(old, new), ledger.change(old, new, entity_type="product_coa")]

    assert len(await reconciled(begin, ledger, *changes)) == 4
    assert [await ledger.count(each) for each in (*old, *new)] == [0] * HUNDRED + [2] * HUNDRED
