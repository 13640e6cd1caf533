import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from domain.errors import Overloaded
from domain.ids import StoreId, UserId
from domain.principal import Principal


class TooManyUploads(Overloaded):
    code = "TOO_MANY_UPLOADS"


class UploadPlaces:
    """How many files may be on their way at once: each holds some parts of its file in memory.

    A user has a quarter of the places at most, a store half of them, so that nobody who holds back their bytes keeps
    the others out.
    """

    def __init__(self, *, at_once: int, patience: timedelta = timedelta(seconds=20)) -> None:
        self._at_once = at_once
        self._of_a_user = max(at_once // 4, 1)
        self._of_a_store = max(at_once // 2, 1)
        self._patience = patience.total_seconds()
        self._taken: Counter[UserId | StoreId | None] = Counter()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def one_for(self, principal: Principal) -> AsyncIterator[None]:
        """A place, as soon as there is one; whoever waits has not begun. Raises TooManyUploads."""
        holders = (principal.user_id, principal.store_id, None)
        async with self._changed:
            try:
                async with asyncio.timeout(self._patience):
                    await self._changed.wait_for(lambda: self._why_not(principal) is None)
            except TimeoutError as error:
                raise TooManyUploads(self._why_not(principal) or "too many files are on their way at once") from error
            self._taken.update(holders)
        try:
            yield
        finally:
            self._taken.subtract(holders)
            self._taken += Counter()  # forgets whoever has none
            await asyncio.shield(self._tell())

    def _why_not(self, principal: Principal) -> str | None:
        if self._taken[principal.user_id] >= self._of_a_user:
            return f"{self._of_a_user} of your files are on their way; wait until one of them is there"
        if self._taken[principal.store_id] >= self._of_a_store:
            return f"{self._of_a_store} files of your store are on their way; wait until one of them is there"
        if self._taken[None] >= self._at_once:
            return "too many files are on their way at once; try again in a moment"
        return None

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
