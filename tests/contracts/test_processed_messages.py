import asyncio
from datetime import datetime, timedelta

from application.unit_of_work import UnitOfWorkFactory
from tests.builders import NOW


async def _note(
    begin: UnitOfWorkFactory, consumer: str, message_id: str, *, commit: bool = True, now: datetime = NOW
) -> bool:
    async with begin() as tx:
        first = await tx.processed_messages.first_time(consumer, message_id, now=now)
        await asyncio.sleep(0)
        if commit:
            await tx.commit()
    return first


async def test_the_first_time_is_once_for_each_consumer(begin: UnitOfWorkFactory) -> None:
    assert await _note(begin, "a", "1")
    assert not await _note(begin, "a", "1")
    assert await _note(begin, "b", "1")
    assert await _note(begin, "a", "2")


async def test_what_was_rolled_back_is_not_noted(begin: UnitOfWorkFactory) -> None:
    await _note(begin, "a", "1", commit=False)

    assert await _note(begin, "a", "1")


async def test_of_twenty_at_once_one_is_first(begin: UnitOfWorkFactory) -> None:
    assert sum(await asyncio.gather(*(_note(begin, "a", "1") for _ in range(20)))) == 1


async def test_notes_are_forgotten_in_time_oldest_first_and_no_others(begin: UnitOfWorkFactory) -> None:
    for age in range(4):
        await _note(begin, "a", str(age), now=NOW - timedelta(days=age))

    async def forget(limit: int) -> int:
        async with begin() as tx:
            forgotten = await tx.processed_messages.forget(before=NOW - timedelta(hours=12), limit=limit)
            await tx.commit()
        return forgotten

    assert await forget(2) == 2
    assert [await _note(begin, "a", str(age), commit=False) for age in range(4)] == [False, False, True, True]
    assert [await forget(9), await forget(9)] == [1, 0]
    assert not await _note(begin, "a", "0")
