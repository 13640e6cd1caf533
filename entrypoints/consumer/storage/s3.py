"""S3 event notifications, as S3, MinIO, Ceph and the like send them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from urllib.parse import unquote_plus

import msgspec
from msgspec import Meta

from application.storage.notification import ObjectChange
from entrypoints.consumer.storage.told import Told
from entrypoints.reading.json_body import read_json

MOST_RECORDS = 1_000
_LARGEST_SIZE = 2**63 - 1
_CREATED = ("ObjectCreated:",)
_REMOVED = ("ObjectRemoved:", "LifecycleExpiration:", "ObjectLifecycle:Expiration:", "ReducedRedundancyLostObject")
_NO_VERSION = {"", "null"}


class S3Object(msgspec.Struct, rename="camel"):
    key: Annotated[str, Meta(description="URL-encoded, with + for a space.")]
    size: Annotated[int, Meta(ge=0, le=_LARGEST_SIZE)] | None = None
    e_tag: str | None = None
    version_id: str | None = None
    sequencer: str | None = None


class S3Bucket(msgspec.Struct):
    name: str


class S3Entity(msgspec.Struct):
    bucket: S3Bucket
    object: S3Object


class S3Record(msgspec.Struct, rename="camel"):
    event_name: Annotated[str, Meta(description="ObjectCreated:Put, s3:ObjectRemoved:Delete...")]
    s3: S3Entity
    event_time: Annotated[datetime, Meta(tz=True)] | None = None


class S3Message(msgspec.Struct):
    records: Annotated[list[S3Record], Meta(max_length=MOST_RECORDS)] = msgspec.field(name="Records")


def of_s3(body: bytes) -> Iterator[Told]:
    """What of the records is about objects that come or go. Raises Rejected."""
    for place, record in enumerate(read_json(body, S3Message).records):
        change = _change(record.event_name.removeprefix("s3:"))
        told = record.s3.object
        if change is not None:
            yield Told(
                pointer=f"/Records/{place}/s3/object/key",
                change=change,
                bucket=record.s3.bucket.name,
                key=unquote_plus(told.key),
                size=told.size,
                etag=told.e_tag,
                at=record.event_time,
                mark=told.sequencer or (None if told.version_id in _NO_VERSION else told.version_id),
            )


def _change(event: str) -> ObjectChange | None:
    if event.startswith(_CREATED):
        return ObjectChange.CREATED
    return ObjectChange.REMOVED if event.startswith(_REMOVED) else None
