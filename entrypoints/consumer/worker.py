"""Takes tasks of one kind and works on them, a bounded number at a time.

Pointers tell at once that a task waits. Beside them a worker with free places looks for tasks that have waited longer
than a pointer takes: so a lost pointer, a broker that is down, or pointers that lie with a worker that is full, cost
two seconds and no more.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from random import uniform

from application.ports.log import Log
from application.ports.messaging import MessageSubscription
from application.ports.tracing import SpanKind, Tracing
from application.processing.claim_task import ClaimTask
from application.processing.find_waiting_tasks import FindWaitingTasks
from application.processing.hand_back_task import HandBackTask
from application.processing.task_handler import ClaimedTask
from application.processing.work_on_task import WorkOnTask
from domain.errors import ConcurrentUpdate, DomainError, Unavailable
from domain.ids import TaskId
from domain.jobs.task import TaskKind
from entrypoints.consumer.loops import Beat
from entrypoints.consumer.part import Part
from entrypoints.consumer.rejection import Rejection
from entrypoints.consumer.task_pointer import read_task_pointer

_LOOK_EVERY = 1.0
_PAUSE_AFTER_ERROR = 1.0


class Worker(Part):
    def __init__(
        self,
        *,
        kind: TaskKind,
        subscription: MessageSubscription,
        claim: ClaimTask,
        work: WorkOnTask,
        hand_back: HandBackTask,
        find_waiting: FindWaitingTasks,
        rejection: Rejection,
        concurrency: int,
        name: str,
        beat: Beat,
        tracing: Tracing,
        log: Log,
    ) -> None:
        self._kind = kind
        self._subscription = subscription
        self._claim = claim
        self._work = work
        self._hand_back = hand_back
        self._find_waiting = find_waiting
        self._rejection = rejection
        self._concurrency = concurrency
        self._name = name
        self._beat = beat
        self._tracing = tracing
        self._log = log
        self._busy = 0
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()
        self._changed.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as at_work:
            following = at_work.create_task(self._follow_pointers(at_work))
            looking = at_work.create_task(self._look_for_waiting(at_work))
            await self._stopping.wait()
            # The group of consumers learns at once that its partitions need another member.
            await self._subscription.close()
            await asyncio.wait([following, looking])

    async def _follow_pointers(self, at_work: asyncio.TaskGroup) -> None:
        async for delivery in self._subscription.deliveries():
            if not await self._has_room():
                return
            try:
                task_id = read_task_pointer(delivery)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, those behind it must go on
                await self._rejection.reject(delivery, error)
            else:
                if task_id is not None and not await self._take(task_id, at_work, delivery.headers):
                    return
            await self._subscription.done(delivery)

    async def _look_for_waiting(self, at_work: asyncio.TaskGroup) -> None:
        """Once a second; and as soon as there is room, for as long as looking finds something."""
        found = False
        while not self._stopping.is_set():
            self._beat()
            with suppress(TimeoutError):
                async with asyncio.timeout(uniform(0.7, 1.3) * _LOOK_EVERY):  # noqa: S311 - not all at once
                    await (self._has_room() if found else self._stopping.wait())
            if self._busy < self._concurrency and not self._stopping.is_set():
                found = await self._take_waiting(at_work)

    async def _take_waiting(self, at_work: asyncio.TaskGroup) -> bool:
        """Fill the free places; False when nothing waits."""
        try:
            waiting = await self._find_waiting(self._kind, limit=self._concurrency - self._busy)
        except DomainError as error:
            self._log.warning("worker.cannot_look", code=error.code, detail=error.detail)
            return False
        except Exception:  # noqa: BLE001 - pointers still come; it is logged, and looks again
            self._log.exception("worker.defect")
            return False
        for task_id in waiting:
            if self._busy < self._concurrency:
                await self._take(task_id, at_work)
        return bool(waiting)

    async def _has_room(self) -> bool:
        """Wait for a free place; False when it is time to go."""
        while self._busy >= self._concurrency and not self._stopping.is_set():
            self._changed.clear()
            await self._changed.wait()
        return not self._stopping.is_set()

    async def _take(
        self, task_id: TaskId, at_work: asyncio.TaskGroup, pointer: Mapping[str, bytes] | None = None
    ) -> bool:
        """Claim it, and begin unless somebody else has it; False when that could not be found out.

        The place is taken before the claim, since two loops look for places. A task with a pointer is insisted on: one
        that was found waiting is found again.
        """
        self._busy += 1
        known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        working = at_work.create_task(self._claim_and_work(task_id, pointer, known))
        working.add_done_callback(lambda _: self._free_place(known))
        return await known

    async def _claim_and_work(
        self, task_id: TaskId, pointer: Mapping[str, bytes] | None, known: "asyncio.Future[bool]"
    ) -> None:
        while not self._stopping.is_set():
            try:
                claimed = await self._claimed(task_id)
            except (ConcurrentUpdate, Unavailable) as error:
                # The database does not answer, or the locks crossed.
                self._log.warning("worker.cannot_claim", task_id=task_id, code=error.code, detail=error.detail)
                if pointer is None:
                    return
                await asyncio.sleep(_PAUSE_AFTER_ERROR)
            except Exception:  # noqa: BLE001 - one task must not stop the others; it is logged, and found again
                self._log.exception("worker.defect", task_id=task_id)
                known.set_result(True)
                return
            else:
                known.set_result(True)
                if claimed is not None:
                    await self._work_on(claimed, pointer or {})
                return

    async def _claimed(self, task_id: TaskId) -> ClaimedTask | None:
        """A claim that is made while we are cancelled is given back."""
        claiming = asyncio.ensure_future(self._claim(task_id, worker=self._name))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            await asyncio.wait([claiming])
            if not claiming.cancelled() and claiming.exception() is None and (claimed := claiming.result()):
                await self._hand_back(claimed.task)
            raise

    async def _work_on(self, claimed: ClaimedTask, headers: Mapping[str, bytes]) -> None:
        task = claimed.task
        pointer = {name: value.decode(errors="replace") for name, value in headers.items()}
        try:
            with self._tracing.span(
                f"process {self._kind}",
                kind=SpanKind.CONSUMER,
                # Found without its pointer, it goes on in the trace of the request that asked for the job.
                parent=pointer if "traceparent" in pointer else claimed.trace,
                task_id=str(task.id),
                attempt=task.attempt,
                **task.work.labels,
            ):
                await self._work(claimed)
        except DomainError as error:
            # Its result could not be stored: the lease runs out, and the sweeper sees to it.
            self._log.warning("worker.task_left", task_id=task.id, code=error.code, detail=error.detail)
        except Exception:  # noqa: BLE001 - one task must not stop the others; it is logged, its lease runs out
            self._log.exception("worker.defect", task_id=task.id)

    def _free_place(self, known: "asyncio.Future[bool]") -> None:
        self._busy -= 1
        self._changed.set()
        if not known.done():
            known.set_result(False)
