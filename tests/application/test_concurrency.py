"""Doing many things at a time, and not more than asked."""

import asyncio

import pytest

from application.concurrency import map_bounded


async def test_results_come_in_the_order_of_the_items() -> None:
    async def later(delay: int) -> int:
        for _ in range(delay):
            await asyncio.sleep(0)
        return delay

    assert await map_bounded(later, [5, 1, 3], at_once=3) == [5, 1, 3]
    assert await map_bounded(later, [], at_once=3) == []


@pytest.mark.parametrize("at_once", [1, 2, 7])
async def test_no_more_than_asked_run_at_once(at_once: int) -> None:
    running = most = 0

    async def work(_: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    await map_bounded(work, range(20), at_once=at_once)
    assert most == at_once


async def test_the_first_error_stops_the_rest_and_leaves_nobody_running() -> None:
    cancelled: list[int] = []

    async def work(item: int) -> None:
        if item == 1:
            raise KeyError(item)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(item)
            raise

    with pytest.raises(KeyError):
        await map_bounded(work, range(3), at_once=3)
    assert sorted(cancelled) == [0, 2]


async def test_a_cancelled_caller_leaves_nobody_running() -> None:
    started, ended = asyncio.Event(), []

    async def work(item: int) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(item)

    calling = asyncio.create_task(map_bounded(work, range(3), at_once=2))
    await started.wait()
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert sorted(ended) == [0, 1]
