"""Pointers to media that may go, for the deletion worker.

What is left to be done stands in the database: a pointer that is lost, late or comes twice does no harm.
"""

from uuid import UUID

import msgspec

from application.events.cloud_events import read_cloud_event
from application.ports.messaging import Delivery
from domain.errors import Rejected
from domain.ids import MediaId
from domain.media.events import MediaDeleteRequested


class DeletionPointer(msgspec.Struct, rename="camel"):
    media_id: UUID


class UnreadableDeletion(Rejected):
    code = "UNREADABLE_DELETION"


def read_deletion_pointer(delivery: Delivery) -> MediaId | None:
    """None for an event of another type. Raises NotACloudEvent, UnreadableDeletion."""
    event = read_cloud_event(delivery)
    if event.type != MediaDeleteRequested.type:
        return None
    try:
        return MediaId(msgspec.json.decode(event.data, type=DeletionPointer).media_id)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableDeletion(f"the body names no media: {error}") from error
