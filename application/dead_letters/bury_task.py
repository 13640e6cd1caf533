"""A task whose last attempt is spent becomes a dead letter."""

from datetime import datetime

from application.events.envelope import payload_of
from application.events.routing import topic_of
from application.ports.ids import Ids
from application.ports.messaging import JSON
from application.unit_of_work import UnitOfWork
from domain.assets.failure import Failure
from domain.dead_letters.dead_letter import DeadLetter
from domain.dead_letters.stored_message import StoredMessage
from domain.ids import DeadLetterId, StoreId
from domain.jobs.task import Task
from domain.jobs.work import LinkWork, MediaWork, RunWork, Work


class BuryTask:
    """Within a transaction that has locked the task: it dies, and the letter is stored with it."""

    def __init__(self, *, ids: Ids) -> None:
        self._ids = ids

    async def __call__(self, tx: UnitOfWork, task: Task, failure: Failure, *, now: datetime) -> None:
        store_id = await _store_of(tx, task.work)
        task.die(failure, now=now)
        await tx.tasks.save(task)
        await tx.dead_letters.add(
            DeadLetter.of_task(
                letter_id=DeadLetterId(self._ids.new()),
                task=task,
                failure=failure,
                pointer=_pointer(task, now),
                store_id=store_id,
                now=now,
            )
        )


async def _store_of(tx: UnitOfWork, work: Work) -> StoreId | None:
    match work:
        case RunWork():
            batch = await tx.batches.find(work.batch_id)
            return batch.store_id if batch else None
        case MediaWork() | LinkWork():
            return work.store_id


def _pointer(task: Task, now: datetime) -> StoredMessage:
    """As workers are told of it; this one was never sent."""
    event = task.pointer(now=now)
    return StoredMessage(
        topic=topic_of(event),
        place="",
        key=str(event.key).encode(),
        headers={"content-type": JSON},
        body=payload_of(event),
        id=None,
        type=event.type,
    )
