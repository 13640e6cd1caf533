"""Who asks the door is told one address, which is there until the run ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.services import lending
from tests.services.ladder import Ladder, Obstacle, Rung, nothing


class Broker:
    """Counts how often it was started, and whether it runs."""

    def __init__(self) -> None:
        self.starts, self.runs = 0, False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        self.starts, self.runs = self.starts + 1, True
        await asyncio.sleep(0.05)
        yield f"127.0.0.1:{self.starts}"
        self.runs = False


def ladder(broker: Broker, obstacle: Obstacle = None) -> Ladder[str]:
    rung = Rung(name="a broker", obstacle=(lambda: obstacle) if obstacle else nothing, open=broker.open)
    return Ladder(service="Kafka", rungs=(rung,))


async def ask() -> str:
    async with lending.shared_kafka() as servers:
        return servers


async def test_many_workers_are_lent_one_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker()
    monkeypatch.setattr(lending, "KAFKA", ladder(broker))
    with lending.lending():
        assert not broker.runs
        assert await asyncio.gather(*(ask() for _ in range(3))) == ["127.0.0.1:1"] * 3
        assert broker.runs
    assert not broker.runs


async def test_nobody_asks_and_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker()
    monkeypatch.setattr(lending, "KAFKA", ladder(broker))
    with lending.lending():
        pass
    assert broker.starts == 0


async def test_without_a_lender_each_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker()
    monkeypatch.setattr(lending, "KAFKA", ladder(broker))
    monkeypatch.delenv(lending.DOOR, raising=False)
    assert [await ask(), await ask()] == ["127.0.0.1:1", "127.0.0.1:2"]


@pytest.mark.parametrize(("ci", "raised"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
async def test_where_there_is_none_each_worker_is_told_so(
    monkeypatch: pytest.MonkeyPatch, ci: str, raised: type[BaseException]
) -> None:
    monkeypatch.setattr(lending, "KAFKA", ladder(Broker(), "there is no Java"))
    monkeypatch.setenv("CI", ci)
    with lending.lending(), pytest.raises(raised, match="no Kafka: there is no Java"):
        await ask()
