"""Takes pointers to tasks and works on them, a bounded number at a time."""

import asyncio
from uuid import UUID

import msgspec

from application.ports.log import Log
from application.ports.messaging import Message, MessageSubscription
from application.processing.work_on_task import WorkOnTask
from domain.errors import DomainError
from domain.ids import TaskId


class TaskPointer(msgspec.Struct, rename="camel"):
    """What a `vitrine.task.scheduled` message says; its other fields are for people."""

    task_id: UUID


class Worker:
    """Cancelling `run` cancels the work at hand, which gives its leases back."""

    def __init__(
        self, *, subscription: MessageSubscription, work: WorkOnTask, concurrency: int, name: str, log: Log
    ) -> None:
        self._subscription = subscription
        self._work = work
        self._places = asyncio.Semaphore(concurrency)
        self._name = name
        self._log = log

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            async for message in self._subscription.messages():
                await self._places.acquire()
                group.create_task(self._take(message))

    async def _take(self, message: Message) -> None:
        try:
            pointer = msgspec.json.decode(message.payload, type=TaskPointer)
            await self._work(TaskId(pointer.task_id), worker=self._name)
        except msgspec.DecodeError:
            self._log.warning("worker.unreadable_message", message_id=message.id, topic=message.topic)
        except DomainError as error:
            # The database did not answer, or the locks crossed: the sweeper announces the task again.
            self._log.warning("worker.task_left", code=error.code, detail=error.detail)
        except Exception:  # noqa: BLE001 - one task must not stop the others; it is logged, its lease runs out
            self._log.exception("worker.defect")
        finally:
            self._places.release()
