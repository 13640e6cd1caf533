"""From a message of whatever store to notifications: the shape is told by what the message looks like."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from application.events.cloud_events import read_cloud_event
from application.ports.messaging import Delivery
from application.storage.notification import StorageNotification
from domain.errors import Rejected, Violation
from entrypoints.consumer.storage.event_bridge import of_event_bridge
from entrypoints.consumer.storage.gcs import (
    CLOUD_EVENTS,
    has_attributes,
    of_cloud_event,
    of_headers,
    of_pub_sub,
    of_pub_sub_push,
)
from entrypoints.consumer.storage.s3 import of_s3
from entrypoints.consumer.storage.seaweedfs import is_of_a_filer, of_filer
from entrypoints.consumer.storage.told import Told

_LONGEST_KEY = 1_024
"""Bytes, in S3 and GCS alike."""
_TEST = "Event"
_SHAPES: Sequence[tuple[str, Callable[[bytes], Iterator[Told]]]] = (
    ("Records", of_s3),
    ("detail-type", of_event_bridge),
    ("attributes", of_pub_sub),
    ("message", of_pub_sub_push),
)
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class UnknownNotification(Rejected):
    code = "UNKNOWN_NOTIFICATION"

    def __init__(self, why: str) -> None:
        known = "S3 event notifications, S3 through EventBridge, GCS over Pub/Sub or Eventarc, SeaweedFS"
        super().__init__(f"{why}; known are {known}")


def read_notifications(delivery: Delivery) -> Sequence[StorageNotification]:
    """What it says of objects that come or go, in its order; empty for all else that a store may tell.

    Raises Rejected with every violation.
    """
    told = list(_told(delivery))
    broken = [violation for each in told for violation in _violations(each)]
    if broken:
        raise Rejected("some keys cannot be those of objects; see errors", broken)
    return [_notification(each, f"{delivery.topic} {delivery.place} {place}") for place, each in enumerate(told)]


def _told(delivery: Delivery) -> Iterator[Told]:
    headers = {name: value.decode(errors="replace") for name, value in delivery.headers.items()}
    if has_attributes(headers):
        return of_headers(headers, delivery.body)
    if delivery.key is not None and is_of_a_filer(delivery.key, delivery.body):
        return of_filer(delivery.key, delivery.body)
    if not _is_cloud_event(headers):
        return _of_json(delivery.body)
    event = read_cloud_event(delivery)
    return of_cloud_event(event) if event.type.startswith(CLOUD_EVENTS) else _of_json(event.data)


def _is_cloud_event(headers: dict[str, str]) -> bool:
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    names = {name.lower() for name in headers}
    return "ce_specversion" in names or content_type.lower().startswith("application/cloudevents")


def _of_json(body: bytes) -> Iterator[Told]:
    try:
        members = _MEMBERS.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnknownNotification("it is no JSON object") from error
    for name, read in _SHAPES:
        if name in members:
            return read(body)
    if _TEST in members:
        # `s3:TestEvent`, when notifications are switched on.
        return iter(())
    raise UnknownNotification("it has the members of no notification that is known")


def _violations(told: Told) -> Iterator[Violation]:
    if not told.key or "\0" in told.key:
        yield Violation(told.pointer, "FORMAT", "empty, or with a NUL character")
    elif len(told.key.encode()) > _LONGEST_KEY:
        yield Violation(told.pointer, "LENGTH", f"at most {_LONGEST_KEY} bytes")


def _notification(told: Told, place: str) -> StorageNotification:
    # A digest: short, however long the key. Places come again when a topic is made anew, but not with the same key.
    parts = [told.change, told.bucket, told.key, "mark" if told.mark else "place", told.mark or place]
    return StorageNotification(
        change=told.change,
        bucket=told.bucket,
        key=told.key,
        size=told.size,
        etag=told.etag,
        at=_in_utc(told.at),
        identity=hashlib.sha256("\0".join(parts).encode()).hexdigest(),
    )


def _in_utc(moment: datetime | None) -> datetime | None:
    try:
        return moment and moment.astimezone(UTC)
    except OverflowError:
        return None
