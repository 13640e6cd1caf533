"""Notifications as stores send them, down to the members that nobody here looks at."""

import json
from base64 import b64encode
from typing import Any

from application.ports.messaging import Delivery
from tests.entrypoints.consumer.deliveries import delivered

BUCKET = "vitrine"
TIME = "2025-05-04T12:30:15.123Z"
_SEQUENCER = "0055AED6DCD90281E5"


def s3_record(event: str, key: str, *, bucket: str = BUCKET, source: str = "aws:s3", **told: Any) -> dict[str, Any]:
    """`key` as it goes over the wire; `told` changes the object's members."""
    return {
        "eventVersion": "2.1",
        "eventSource": source,
        "awsRegion": "us-east-1",
        "eventTime": TIME,
        "eventName": event,
        "userIdentity": {"principalId": "AWS:AROAEXAMPLE"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjsk"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "uploads",
            "bucket": {"name": bucket, "ownerIdentity": {"principalId": "A3NL1K"}, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {
                "key": key,
                "size": 1024,
                "eTag": "d41d8cd98f00b204e9800998ecf8427e",
                "sequencer": _SEQUENCER,
                **told,
            },
        },
    }


def s3(*records: dict[str, Any], **place: Any) -> Delivery:
    return delivered({"Records": list(records)}, **place)


def s3_test_event() -> Delivery:
    return delivered(
        {
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Time": TIME,
            "Bucket": BUCKET,
            "RequestId": "5582815E1AEA5ADF",
            "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
        }
    )


def minio(event: str, key: str) -> Delivery:
    record = s3_record(event, key, source="minio:s3", contentType="image/jpeg", userMetadata={"a": "b"})
    record["source"] = {"host": "127.0.0.1", "port": "", "userAgent": "MinIO (linux; amd64)"}
    return delivered(
        {"EventName": event, "Key": f"{BUCKET}/{key}", "Records": [record]}, key=f"{BUCKET}/{key}".encode()
    )


def ceph(event: str, key: str) -> Delivery:
    record = s3_record(event, key, source="ceph:s3", versionId="", metadata=[], tags=[])
    return s3({**record, "eventId": "1575221657.102001.80dfb", "opaqueData": "me@example.com"})


def event_bridge(detail_type: str, key: str, **told: Any) -> Delivery:
    return delivered(
        {
            "version": "0",
            "id": "17793124-05d4-b198-2fde-7ededc63b103",
            "detail-type": detail_type,
            "source": "aws.s3",
            "account": "111122223333",
            "time": "2025-05-04T12:30:15Z",
            "region": "ca-central-1",
            "resources": [f"arn:aws:s3:::{BUCKET}"],
            "detail": {
                "version": "0",
                "bucket": {"name": BUCKET},
                "object": {
                    "key": key,
                    "size": 1024,
                    "etag": "b1946ac92492d2347c6235b4d2611184",
                    "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
                    "sequencer": "617f08299329d189",
                    **told,
                },
                "request-id": "N4N7GDK58NMKJ12R",
                "requester": "123456789012",
                "source-ip-address": "1.2.3.4",
                "reason": "PutObject",
            },
        }
    )


def gcs_attributes(event: str, key: str, **changes: str) -> dict[str, str]:
    return {
        "notificationConfig": f"projects/_/buckets/{BUCKET}/notificationConfigs/3",
        "eventType": event,
        "payloadFormat": "JSON_API_V1",
        "bucketId": BUCKET,
        "objectId": key,
        "objectGeneration": "1746361815123456",
        "eventTime": "2025-05-04T12:30:15.123456Z",
        **changes,
    }


def gcs_resource(key: str) -> dict[str, Any]:
    return {
        "kind": "storage#object",
        "id": f"{BUCKET}/{key}/1746361815123456",
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{BUCKET}/o/{key}",
        "name": key,
        "bucket": BUCKET,
        "generation": "1746361815123456",
        "metageneration": "1",
        "contentType": "image/jpeg",
        "timeCreated": TIME,
        "updated": TIME,
        "storageClass": "STANDARD",
        "size": "1024",
        "md5Hash": "1B2M2Y8AsgTpgAmY7PhCfg==",
        "crc32c": "AAAAAA==",
        "etag": "CNihn9bu+IwDEAE=",
    }


def pub_sub(event: str, key: str, **changes: str) -> dict[str, Any]:
    return {
        "attributes": gcs_attributes(event, key, **changes),
        "data": b64encode(json.dumps(gcs_resource(key)).encode()).decode(),
        "messageId": "136969346945",
        "message_id": "136969346945",
        "publishTime": TIME,
        "orderingKey": "",
    }


def push(event: str, key: str, **changes: str) -> dict[str, Any]:
    return {"message": pub_sub(event, key, **changes), "subscription": "projects/p/subscriptions/s"}


def connector(event: str, key: str, **changes: str) -> Delivery:
    """As a connector from Pub/Sub writes it: attributes are headers, data is the body."""
    return delivered(gcs_resource(key), headers=gcs_attributes(event, key, **changes))


def eventarc(kind: str, key: str, data: Any = None) -> Delivery:
    headers = {
        "ce_specversion": "1.0",
        "ce_id": "136969346945",
        "ce_source": f"//storage.googleapis.com/projects/_/buckets/{BUCKET}",
        "ce_type": f"google.cloud.storage.object.v1.{kind}",
        "ce_subject": f"objects/{key}",
        "ce_time": TIME,
        "content-type": "application/json",
    }
    return delivered(gcs_resource(key) if data is None else data, headers=headers)


def filer(path: str, *, old: bytes | None = None, new: bytes | None = None, parent: str = "") -> Delivery:
    """SeaweedFS's own; `old` and `new` are made by `entry`."""
    body = (_member(1, old) if old is not None else b"") + (_member(2, new) if new is not None else b"")
    body += b"\x18\x01"  # delete_chunks
    body += _member(4, parent.encode()) if parent else b""
    return delivered(body, key=path.encode())


def entry(name: str, *, is_directory: bool = False) -> bytes:
    chunk = _member(1, b"3,01637037d6") + b"\x18\x80\x08" + b"\x21" + bytes(8) + b"\x2d" + bytes(4)
    return _member(1, name.encode()) + (b"\x10\x01" if is_directory else b"") + _member(3, chunk)


def _member(number: int, value: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    encoded = b""
    while number > 0x7F:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])
