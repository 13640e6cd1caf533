"""What Vitrine takes of object stores, as far as it looks at it. Each store has a shape of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from application.events.routing import STORAGE_TOPIC
from application.ports.messaging import JSON
from entrypoints.asyncapi.examples import notifications
from entrypoints.asyncapi.headers import THEIRS, cloud_event
from entrypoints.asyncapi.inbound import INDIFFERENT, cloud_event_example
from entrypoints.asyncapi.messages import MessageKind, first_sentence
from entrypoints.asyncapi.payloads import reference_to
from entrypoints.consumer.storage import event_bridge, gcs, s3, seaweedfs

_HEADERS: Mapping[str, Any] = {"type": "object", "description": "None that matters."}
_EVENTARC: Mapping[str, str] = {
    "finalized": "An object was created or replaced: GCS through Eventarc.",
    "deleted": "An object was deleted: GCS through Eventarc.",
    "archived": "The live version of an object became an old one: GCS through Eventarc.",
}


def storage_messages() -> Sequence[MessageKind]:
    return [
        _kind("s3.notification", "S3 notification", first_sentence(s3.__doc__), s3.S3Message, notifications.S3),
        _kind(
            "s3.event-bridge",
            "S3 notification through EventBridge",
            first_sentence(event_bridge.__doc__),
            event_bridge.BridgedEvent,
            notifications.EVENT_BRIDGE,
        ),
        _kind(
            "gcs.pub-sub",
            "GCS notification",
            "A notification of Google Cloud Storage: the message of Pub/Sub.",
            gcs.PubSubMessage,
            notifications.PUB_SUB,
        ),
        _kind(
            "gcs.pub-sub.push",
            "GCS notification, pushed",
            "A notification of Google Cloud Storage: the message of Pub/Sub in the envelope of a push subscription.",
            gcs.PubSubPush,
            notifications.PUB_SUB_PUSH,
        ),
        _with_attributes_as_headers(),
        *(_through_eventarc(f"{gcs.CLOUD_EVENTS}{word}", word, about) for word, about in _EVENTARC.items()),
        _of_a_filer(),
    ]


def _kind(name: str, title: str, about: str, payload: type[Struct], example: Mapping[str, Any]) -> MessageKind:
    return MessageKind(
        name=name,
        title=title,
        about=about,
        topics=[STORAGE_TOPIC],
        payload=payload,
        key=INDIFFERENT,
        headers=_HEADERS,
        examples=[{"headers": {"content-type": JSON}, "payload": example}],
    )


def _with_attributes_as_headers() -> MessageKind:
    return MessageKind(
        name="gcs.headers",
        title="GCS notification, its attributes as headers",
        about="A notification of Google Cloud Storage as connectors write it. The value adds size and ETag.",
        topics=[STORAGE_TOPIC],
        payload=gcs.GcsObject,
        key=INDIFFERENT,
        headers={"type": "object", "allOf": [reference_to(gcs.GcsAttributes)]},
        examples=[{"headers": notifications.GCS_ATTRIBUTES, "payload": notifications.GCS_OBJECT}],
    )


def _through_eventarc(type_: str, word: str, about: str) -> MessageKind:
    return MessageKind(
        name=type_,
        title=f"GCS object {word}",
        about=about,
        topics=[STORAGE_TOPIC],
        payload=gcs.GcsObject,
        key=INDIFFERENT,
        headers=cloud_event(THEIRS, type_=type_),
        examples=[
            cloud_event_example(type_, "//storage.googleapis.com/projects/_/buckets/vitrine", notifications.GCS_OBJECT)
        ],
    )


def _of_a_filer() -> MessageKind:
    """Without an example: the value is no text."""
    return MessageKind(
        name="seaweedfs.filer",
        title="SeaweedFS notification",
        about=first_sentence(seaweedfs.__doc__),
        topics=[STORAGE_TOPIC],
        content_type="application/x-protobuf",
        payload={"type": "string", "format": "binary", "description": "`filer_pb.EventNotification`."},
        key={"type": "string", "pattern": "^/buckets/", "description": "The path of the entry."},
        headers=_HEADERS,
        examples=[],
    )
