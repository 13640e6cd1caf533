"""Which way is taken, and what becomes of tests where none is open."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.services.ladder import Ladder, Rung, ServiceMissing, nothing


def a_rung(name: str, *, obstacle: str | None = None, prepare: Callable[[], str | None] = nothing) -> Rung[str]:
    @asynccontextmanager
    async def service() -> AsyncIterator[str]:
        yield name

    return Rung(name=name, obstacle=lambda: obstacle, prepare=prepare, open=service)


def never_asked() -> str | None:
    raise AssertionError("a later rung is asked only when the earlier ones are closed")


async def test_the_first_open_way_is_taken() -> None:
    later = Rung(name="later", obstacle=never_asked, prepare=never_asked, open=a_rung("later").open)
    ladder = Ladder(service="a service", rungs=(a_rung("closed", obstacle="no key"), a_rung("open"), later))
    assert ladder.about() == "open"
    async with ladder.open() as service:
        assert service == "open"


def test_where_none_is_open_all_reasons_are_told() -> None:
    ladder = Ladder(service="broker", rungs=(a_rung("one", obstacle="no key"), a_rung("two", obstacle="no door")))
    with pytest.raises(ServiceMissing, match=r"^no broker: no key; no door$"):
        ladder.choose()
    assert ladder.about() == "no broker: no key; no door"
    with pytest.raises(pytest.skip.Exception, match=r"^no broker: no key; no door$"):
        ladder.open()


def test_what_cannot_be_made_ready_is_missing_too() -> None:
    ladder = Ladder(service="broker", rungs=(a_rung("one", prepare=lambda: "no network"), a_rung("two")))
    with pytest.raises(pytest.skip.Exception, match=r"^no broker: no network$"):
        ladder.open()


def test_in_ci_a_missing_service_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    ladder = Ladder(service="broker", rungs=(a_rung("one", obstacle="no key"),))
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception):
        ladder.open()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"^no broker: no key \(CI is set"):
        ladder.open()


@pytest.fixture(autouse=True)
def _not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
