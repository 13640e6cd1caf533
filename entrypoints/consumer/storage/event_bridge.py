"""S3 events that came through EventBridge; here keys are spelled as they are.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from application.storage.notification import ObjectChange
from entrypoints.consumer.storage.told import Told
from entrypoints.reading.json_body import read_json

_LARGEST_SIZE = 2**63 - 1
_CHANGES = {"Object Created": ObjectChange.CREATED, "Object Deleted": ObjectChange.REMOVED}


class BridgedObject(msgspec.Struct, rename="kebab"):
    key: str
    size: Annotated[int, Meta(ge=0, le=_LARGEST_SIZE)] | None = None
    etag: str | None = None
    version_id: str | None = None
    sequencer: str | None = None


class BridgedBucket(msgspec.Struct):
    name: str


class BridgedDetail(msgspec.Struct):
    bucket: BridgedBucket
    object: BridgedObject


class BridgedEvent(msgspec.Struct, rename="kebab"):
    detail_type: Annotated[str, Meta(description="Object Created or Object Deleted; others are left alone.")]
    detail: BridgedDetail
    time: Annotated[datetime, Meta(tz=True)] | None = None


def of_event_bridge(body: bytes) -> Iterator[Told]:
    """Raises Rejected."""
    event = read_json(body, BridgedEvent)
    change, told = _CHANGES.get(event.detail_type), event.detail.object
    if change is not None:
        yield Told(
            pointer="/detail/object/key",
            change=change,
            bucket=event.detail.bucket.name,
            key=told.key,
            size=told.size,
            etag=told.etag,
            at=event.time,
            mark=told.sequencer or told.version_id,
        )
