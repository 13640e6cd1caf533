"""What stores tell of one object, with members that Vitrine does not look at."""

from base64 import b64encode
from json import dumps
from typing import Any

from entrypoints.http.documentation.examples.cast import RAW

_BUCKET = "vitrine"
_TIME = "2025-06-24T09:30:00.000Z"
_ETAG = "5d41402abc4b2a76b9719d911017c592"
_SEQUENCER = "00685A70E8A1B2C3D4"
_SIZE = 4_812_077
_GENERATION = "1750757400123456"

S3: dict[str, Any] = {
    "Records": [
        {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "us-east-1",
            "eventTime": _TIME,
            "eventName": "ObjectCreated:Put",
            "s3": {
                "bucket": {"name": _BUCKET},
                "object": {"key": RAW, "size": _SIZE, "eTag": _ETAG, "sequencer": _SEQUENCER},
            },
        }
    ]
}
EVENT_BRIDGE: dict[str, Any] = {
    "version": "0",
    "source": "aws.s3",
    "detail-type": "Object Created",
    "time": _TIME,
    "detail": {
        "bucket": {"name": _BUCKET},
        "object": {"key": RAW, "size": _SIZE, "etag": _ETAG, "sequencer": _SEQUENCER},
        "reason": "PutObject",
    },
}
GCS_OBJECT: dict[str, Any] = {
    "kind": "storage#object",
    "bucket": _BUCKET,
    "name": RAW,
    "generation": _GENERATION,
    "size": str(_SIZE),
    "etag": "CMDG5pWe8Y0DEAE=",
}
GCS_ATTRIBUTES: dict[str, Any] = {
    "eventType": "OBJECT_FINALIZE",
    "bucketId": _BUCKET,
    "objectId": RAW,
    "objectGeneration": _GENERATION,
    "eventTime": _TIME,
    "payloadFormat": "JSON_API_V1",
}
PUB_SUB: dict[str, Any] = {
    "attributes": GCS_ATTRIBUTES,
    "data": b64encode(dumps(GCS_OBJECT, separators=(",", ":")).encode()).decode(),
    "messageId": "11223344556677",
}
PUB_SUB_PUSH: dict[str, Any] = {"message": PUB_SUB, "subscription": "projects/example/subscriptions/vitrine"}
