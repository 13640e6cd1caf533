"""Where tests find a service: the first way that is open, and what happens when none is."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest

Service = TypeVar("Service")
Obstacle = str | None
"""Why a way is closed and how to open it, in one line; None where it is open."""


def nothing() -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Rung(Generic[Service]):
    """One way to a service.

    `obstacle` answers within seconds and starts nothing. `prepare` may take minutes, such as for a download, and costs
    nothing the second time; it answers like `obstacle`. `open` yields the service, ready; it raises when the service
    does not come up, because falling through to the next rung would hide that. `detail` is for the reader.
    """

    name: str
    obstacle: Callable[[], Obstacle]
    open: Callable[[], AbstractAsyncContextManager[Service]]
    prepare: Callable[[], Obstacle] = nothing
    detail: Callable[[], str | None] = nothing

    def about(self) -> str:
        detail = self.detail()
        return f"{self.name} ({detail})" if detail else self.name


class ServiceMissing(Exception):
    def __init__(self, service: str, obstacles: Sequence[str]) -> None:
        super().__init__(f"no {service}: {'; '.join(obstacles)}")


@dataclass(frozen=True, kw_only=True)
class Ladder(Generic[Service]):
    service: str
    rungs: Sequence[Rung[Service]]

    def choose(self) -> Rung[Service]:
        """The first rung without an obstacle. Raises ServiceMissing with all obstacles."""
        obstacles = []
        for rung in self.rungs:
            obstacle = rung.obstacle()
            if obstacle is None:
                return rung
            obstacles.append(obstacle)
        raise ServiceMissing(self.service, obstacles)

    def prepare(self) -> Rung[Service]:
        """The chosen rung, ready to be opened. Raises ServiceMissing."""
        rung = self.choose()
        if (obstacle := rung.prepare()) is not None:
            raise ServiceMissing(self.service, [obstacle])
        return rung

    def open(self) -> AbstractAsyncContextManager[Service]:
        """The service, for a fixture: without one the tests are skipped, or fail in CI."""
        try:
            return self.prepare().open()
        except ServiceMissing as missing:
            raise outcome(missing, os.environ) from None

    def about(self) -> str:
        try:
            return self.choose().about()
        except ServiceMissing as missing:
            return str(missing)


def outcome(missing: ServiceMissing | str, environment: Mapping[str, str]) -> BaseException:
    """What a test raises: a skip, and in CI a failure: a run that left something out must not look like a whole one."""
    if environment.get("CI"):
        return pytest.fail.Exception(f"{missing} (CI is set: a test that cannot run has failed)", pytrace=False)
    return pytest.skip.Exception(str(missing))
