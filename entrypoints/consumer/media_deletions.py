"""Pointers to media that may go, for the deletion worker.

What is left to be done stands in the database: a pointer that is lost, late or comes twice does no harm.
"""

from uuid import UUID

import msgspec

from application.attachments.delete_media import DeleteMedia
from application.attachments.fail_deletion import FailDeletion
from application.dead_letters.reject_message import RejectMessage
from application.events.cloud_events import NotACloudEvent, read_cloud_event
from application.ports.messaging import Delivery
from domain.errors import Rejected
from domain.ids import MediaId
from domain.media.events import MediaDeleteRequested
from entrypoints.consumer.handling import Outcome
from entrypoints.consumer.loops import Beat
from entrypoints.consumer.rejection import Reject


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


class MediaDeletions:
    """Ends one media after the other. `beat` tells that one with many usages goes on."""

    def __init__(self, *, delete: DeleteMedia, beat: Beat) -> None:
        self._delete = delete
        self._beat = beat

    async def __call__(self, delivery: Delivery) -> Outcome:
        media_id = read_deletion_pointer(delivery)
        if media_id is None:
            return Outcome.IGNORED
        return Outcome.APPLIED if await self._delete(media_id, on_step=self._beat) else Outcome.IGNORED


class RejectDeletion(Reject):
    """A failed deletion is told by the media and its one dead letter; what is no call is rejected as any message."""

    def __init__(self, *, fail: FailDeletion, reject: RejectMessage) -> None:
        self._fail = fail
        self._reject = reject

    async def __call__(self, delivery: Delivery, *, consumer: str, error: Exception, attempts: int) -> bool:
        if not isinstance(error, NotACloudEvent | UnreadableDeletion):
            media_id = read_deletion_pointer(delivery)
            if media_id is not None:
                return await self._fail(media_id, delivery, consumer=consumer, error=error, attempts=attempts)
        return await self._reject(delivery, consumer=consumer, error=error, attempts=attempts)
