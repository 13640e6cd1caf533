"""What a `vitrine.task.scheduled` message says to a worker; its other fields are for people."""

from uuid import UUID

import msgspec

from application.events.cloud_events import read_cloud_event
from application.ports.messaging import Delivery
from domain.errors import Rejected
from domain.ids import TaskId
from domain.jobs.events import TaskScheduled


class TaskPointer(msgspec.Struct, rename="camel"):
    task_id: UUID


class UnreadablePointer(Rejected):
    code = "UNREADABLE_POINTER"


def read_task_pointer(delivery: Delivery) -> TaskId | None:
    """None for an event of another type. Raises NotACloudEvent, UnreadablePointer."""
    event = read_cloud_event(delivery)
    if event.type != TaskScheduled.type:
        return None
    try:
        return TaskId(msgspec.json.decode(event.data, type=TaskPointer).task_id)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadablePointer(f"the body names no task: {error}") from error
