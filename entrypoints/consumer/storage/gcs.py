"""Notifications of Google Cloud Storage: a Pub/Sub message in an envelope, the same with its attributes as headers
(as connectors to Kafka write it), or a CloudEvent of Eventarc.

https://cloud.google.com/storage/docs/pubsub-notifications
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from application.events.cloud_events import CloudEvent
from application.storage.notification import ObjectChange
from entrypoints.consumer.storage.told import Told
from entrypoints.reading.json_body import read_json, read_plain

CLOUD_EVENTS = "google.cloud.storage.object.v1."
_CHANGES = {
    "OBJECT_FINALIZE": ObjectChange.CREATED,
    "OBJECT_DELETE": ObjectChange.REMOVED,
    "OBJECT_ARCHIVE": ObjectChange.REMOVED,
    f"{CLOUD_EVENTS}finalized": ObjectChange.CREATED,
    f"{CLOUD_EVENTS}deleted": ObjectChange.REMOVED,
    f"{CLOUD_EVENTS}archived": ObjectChange.REMOVED,
}
_Number = Annotated[str, Meta(pattern="^[0-9]{1,18}$")]
"""64 bits do not fit into a number of JSON for everybody: Google writes them as text."""


class GcsAttributes(msgspec.Struct, rename="camel"):
    event_type: Annotated[str, Meta(description="OBJECT_FINALIZE, OBJECT_DELETE, OBJECT_ARCHIVE...")]
    bucket_id: str
    object_id: str
    object_generation: str | None = None
    overwritten_by_generation: str | None = None
    event_time: Annotated[datetime, Meta(tz=True)] | None = None


class GcsObject(msgspec.Struct, rename="camel"):
    """The object resource of the JSON API, as far as it is looked at."""

    bucket: str
    name: str
    generation: str | None = None
    size: _Number | None = None
    etag: str | None = None


class PubSubMessage(msgspec.Struct):
    attributes: GcsAttributes
    data: Annotated[str | None, Meta(description="The object resource in Base64, if the notification carries it.")] = (
        None
    )


class PubSubPush(msgspec.Struct):
    message: PubSubMessage


def has_attributes(headers: Mapping[str, str]) -> bool:
    return "eventType" in headers and "bucketId" in headers


def of_headers(headers: Mapping[str, str], body: bytes) -> Iterator[Told]:
    """Raises Rejected."""
    names = [field.encode_name for field in msgspec.structs.fields(GcsAttributes)]
    attributes = read_plain({name: headers.get(name) for name in names}, GcsAttributes)
    return _of_attributes(attributes, _resource(body), "/objectId")


def of_pub_sub(body: bytes) -> Iterator[Told]:
    """Raises Rejected."""
    message = read_json(body, PubSubMessage)
    return _of_attributes(message.attributes, _enclosed(message.data), "/attributes/objectId")


def of_pub_sub_push(body: bytes) -> Iterator[Told]:
    """Raises Rejected."""
    message = read_json(body, PubSubPush).message
    return _of_attributes(message.attributes, _enclosed(message.data), "/message/attributes/objectId")


def of_cloud_event(event: CloudEvent) -> Iterator[Told]:
    """Raises Rejected."""
    change = _CHANGES.get(event.type)
    if change is not None:
        resource = read_json(event.data, GcsObject)
        yield Told(
            pointer="/name",
            change=change,
            bucket=resource.bucket,
            key=resource.name,
            size=int(resource.size) if resource.size else None,
            etag=resource.etag,
            at=event.time,
            mark=resource.generation,
        )


def _of_attributes(attributes: GcsAttributes, resource: GcsObject | None, pointer: str) -> Iterator[Told]:
    change = _CHANGES.get(attributes.event_type)
    # The old version went because a new one came: there is an object under the key as before.
    if change is not None and attributes.overwritten_by_generation is None:
        yield Told(
            pointer=pointer,
            change=change,
            bucket=attributes.bucket_id,
            key=attributes.object_id,
            size=int(resource.size) if resource and resource.size else None,
            etag=resource.etag if resource else None,
            at=attributes.event_time,
            mark=attributes.object_generation,
        )


def _enclosed(data: str | None) -> GcsObject | None:
    try:
        return _resource(b64decode(data or "", validate=True))
    except ValueError:
        return None


def _resource(body: bytes) -> GcsObject | None:
    """An extra, which the attributes can do without."""
    try:
        return msgspec.json.decode(body, type=GcsObject)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
