"""Passes that come round at every turn, and those that are too costly for that."""

from datetime import timedelta

import pytest

from entrypoints.consumer import sweeper
from entrypoints.consumer.sweeper import seldom


async def test_a_costly_pass_takes_its_turn_at_once_and_then_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    now, turns = 100.0, 0

    async def look() -> int:
        nonlocal turns
        turns += 1
        return 7

    monkeypatch.setattr(sweeper, "monotonic", lambda: now)
    sweep = seldom(look, timedelta(minutes=10))

    assert [await sweep() for _ in range(3)] == [7, 0, 0]
    now += 599
    assert await sweep() == 0
    now += 1
    assert [await sweep() for _ in range(2)] == [7, 0]
    assert turns == 2
