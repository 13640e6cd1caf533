"""The shorter form of `make chaos`: the faults that differ most, on one deployment."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.run import Chaos, open_chaos
from tests.services.own_kafka import OWN_KAFKA

SHORT = [
    "anybody killed at random",
    "worker paused past its lease",
    "relay killed in publish",
    "broker killed",
    "database restarted",
    "everything twice and shuffled",
    "facts twice and shuffled",
]


@pytest.fixture(scope="module")
async def chaos() -> AsyncIterator[Chaos]:
    async with OWN_KAFKA.open() as kafka, open_chaos(kafka, "chaos.", seed=7, long=False) as chaos:
        yield chaos


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", SHORT)
async def test_nothing_is_lost_and_nothing_is_visible_twice(chaos: Chaos, fault: str) -> None:
    outcome = await chaos.suffer(fault, batches=3)

    assert outcome.times > 0, "nothing happened"
    assert outcome.census.findings == [], chaos.stack.tails()
