from contextlib import AsyncExitStack
from typing import Self

from tests.system.vitrine_process import VitrineProcess, running_vitrine


class Mortals:
    """One Vitrine for all tests that kill theirs, until a test fails: what it has left behind is not for the next."""

    def __init__(self, **settings: str) -> None:
        self._settings = settings
        self._opened = AsyncExitStack()
        self._current: VitrineProcess | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.give_up()

    async def current(self) -> VitrineProcess:
        if self._current is None:
            self._current = await self._opened.enter_async_context(running_vitrine(**self._settings))
        return self._current

    async def give_up(self) -> None:
        self._current = None
        await self._opened.aclose()
