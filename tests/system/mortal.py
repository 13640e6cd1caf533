"""A Vitrine that is killed and started again, and the people who go on as if nothing had happened."""

from contextlib import AsyncExitStack

import psutil

from tests.system.backstage import Backstage, open_backstage
from tests.system.delivery import Delivery
from tests.system.family import lives
from tests.system.marketplace import Marketplace, open_marketplace
from tests.system.vitrine_process import VitrineProcess
from tests.system.waiting import eventually

_GONE_WITHIN = 30.0


class Mortal:
    """`marketplace` outlives a death; `backstage` is opened anew."""

    marketplace: Marketplace
    backstage: Backstage

    def __init__(self, vitrine: VitrineProcess) -> None:
        self.vitrine = vitrine
        self._people = AsyncExitStack()
        self._connections = AsyncExitStack()

    async def live(self) -> None:
        """Start if need be, and connect."""
        if not self.vitrine.runs():
            await self.vitrine.start()
        await self._connections.aclose()
        self.backstage = await self._connections.enter_async_context(open_backstage(self.vitrine))
        if not hasattr(self, "marketplace"):
            self.marketplace = await self._people.enter_async_context(open_marketplace(self.vitrine.url))

    async def die(self) -> None:
        """SIGKILL; returns once nothing of it is left."""
        family = self.vitrine.family.everybody()
        await self.vitrine.kill()
        await self._gone(family)

    async def leave(self) -> int:
        """SIGTERM; the exit code, once nothing of it is left."""
        family = self.vitrine.family.everybody()
        code = await self.vitrine.stop()
        await self._gone(family)
        return code

    async def close(self) -> None:
        await self._connections.aclose()
        await self._people.aclose()

    async def works_at(self, stage: str, delivery: Delivery) -> None:
        """Returns once a worker has said that it does this."""

        async def said() -> bool:
            return stage in await self.backstage.stages(delivery.batch_id)

        await eventually(said, within=60, expecting=f"a worker is at {stage} of batch {delivery.batch_id}")

    async def transactions_wait(self, count: int) -> None:
        """Returns once that many wait for a row that `backstage` holds."""

        async def waiting() -> bool:
            return await self.backstage.waiting_for_rows() >= count

        await eventually(waiting, within=60, expecting=f"{count} transactions wait for a row")

    async def _gone(self, family: list[psutil.Process]) -> None:
        async def all_gone() -> bool:
            return not [process for process in family if lives(process)]

        try:
            await eventually(all_gone, within=_GONE_WITHIN, expecting="no process is left behind")
        except AssertionError as error:
            error.add_note(str([process for process in family if lives(process)]))
            raise
