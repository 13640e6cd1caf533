"""Every store has a shape of its own; all of them say one thing."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.events.cloud_events import NotACloudEvent
from application.ports.messaging import Delivery
from application.storage.notification import ObjectChange, StorageNotification
from domain.errors import Rejected
from entrypoints.consumer.storage.reading import UnknownNotification, read_notifications
from entrypoints.consumer.storage.s3 import MOST_RECORDS
from entrypoints.consumer.storage.seaweedfs import UnreadableNotification
from tests.entrypoints.consumer.deliveries import delivered
from tests.entrypoints.consumer.storage.shapes import (
    BUCKET,
    ceph,
    connector,
    entry,
    event_bridge,
    eventarc,
    filer,
    gcs_resource,
    minio,
    pub_sub,
    push,
    s3,
    s3_record,
    s3_test_event,
)

KEY = "1/raw/photo/vertical/2/3-a.jpg"
CREATED, REMOVED = ObjectChange.CREATED, ObjectChange.REMOVED


def only(delivery: Delivery) -> StorageNotification:
    [notification] = read_notifications(delivery)
    return notification


def violations(delivery: Delivery) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as refused:
        read_notifications(delivery)
    return {(violation.pointer, violation.code) for violation in refused.value.violations}


TOLD = [
    (s3(s3_record("ObjectCreated:Put", KEY)), CREATED),
    (s3(s3_record("ObjectCreated:CompleteMultipartUpload", KEY)), CREATED),
    (s3(s3_record("s3:ObjectCreated:Copy", KEY)), CREATED),
    (s3(s3_record("ObjectRemoved:Delete", KEY)), REMOVED),
    (s3(s3_record("ObjectRemoved:DeleteMarkerCreated", KEY)), REMOVED),
    (s3(s3_record("LifecycleExpiration:Delete", KEY)), REMOVED),
    (minio("s3:ObjectCreated:Put", KEY), CREATED),
    (minio("s3:ObjectRemoved:Delete", KEY), REMOVED),
    (ceph("ObjectCreated:Put", KEY), CREATED),
    (ceph("s3:ObjectRemoved:Delete", KEY), REMOVED),
    (event_bridge("Object Created", KEY), CREATED),
    (event_bridge("Object Deleted", KEY), REMOVED),
    (delivered(pub_sub("OBJECT_FINALIZE", KEY)), CREATED),
    (delivered(pub_sub("OBJECT_DELETE", KEY)), REMOVED),
    (delivered(pub_sub("OBJECT_ARCHIVE", KEY)), REMOVED),
    (delivered(push("OBJECT_DELETE", KEY)), REMOVED),
    (connector("OBJECT_FINALIZE", KEY), CREATED),
    (eventarc("finalized", KEY), CREATED),
    (eventarc("deleted", KEY), REMOVED),
    (eventarc("archived", KEY), REMOVED),
]


@pytest.mark.parametrize(("delivery", "change"), TOLD)
def test_it_is_told_in_one_form(delivery: Delivery, change: ObjectChange) -> None:
    told = only(delivery)

    assert (told.change, told.bucket, told.key, told.size) == (change, BUCKET, KEY, 1024)
    assert told.etag
    assert told.at is not None
    assert told.at.replace(microsecond=0) == datetime(2025, 5, 4, 12, 30, 15, tzinfo=UTC)
    assert told.identity == only(replace(delivery, place="9/9")).identity


@pytest.mark.parametrize(
    ("delivery", "changes"),
    [
        (filer(f"/buckets/{BUCKET}/{KEY}", new=entry("3-a.jpg")), [(CREATED, KEY)]),
        (filer(f"/buckets/{BUCKET}/{KEY}", old=entry("3-a.jpg")), [(REMOVED, KEY)]),
        (filer(f"/buckets/{BUCKET}/{KEY}", old=entry("3-a.jpg"), new=entry("3-a.jpg")), [(CREATED, KEY)]),
        (
            filer(f"/buckets/{BUCKET}/{KEY}", old=entry("3-a.jpg"), new=entry("b"), parent=f"/buckets/{BUCKET}/1"),
            [(REMOVED, KEY), (CREATED, "1/b")],
        ),
        (filer(f"/buckets/{BUCKET}/1", new=entry("1", is_directory=True)), []),
        (filer(f"/buckets/{BUCKET}", old=entry(BUCKET)), []),
        (filer("/topics/.system/log", new=entry("log")), []),
    ],
)
def test_seaweedfs_tells_by_protocol_buffers(delivery: Delivery, changes: list[Any]) -> None:
    assert [(told.change, told.key) for told in read_notifications(delivery)] == changes
    assert {told.bucket for told in read_notifications(delivery)} <= {BUCKET}


@pytest.mark.parametrize(
    "delivery",
    [
        s3_test_event(),
        s3(),
        s3(s3_record("ObjectRestore:Completed", KEY)),
        s3(s3_record("s3:ObjectTagging:Put", KEY), s3_record("Replication:OperationFailedReplication", KEY)),
        event_bridge("Object Tags Added", KEY),
        delivered(pub_sub("OBJECT_METADATA_UPDATE", KEY)),
        eventarc("metadataUpdated", KEY),
        # A newer version lies there.
        delivered(pub_sub("OBJECT_DELETE", KEY, overwrittenByGeneration="1746361815999999")),
        delivered(push("OBJECT_ARCHIVE", KEY, overwrittenByGeneration="1746361815999999")),
        connector("OBJECT_DELETE", KEY, overwrittenByGeneration="1746361815999999"),
    ],
)
def test_what_else_a_store_tells_is_left_alone(delivery: Delivery) -> None:
    assert read_notifications(delivery) == []


def test_keys_are_decoded_where_they_were_encoded() -> None:
    assert only(s3(s3_record("ObjectCreated:Put", "a+b%2Bc/gr%C3%B6%C3%9Fe.jpg"))).key == "a b+c/größe.jpg"
    assert only(event_bridge("Object Created", "a+b%2Bc")).key == "a+b%2Bc"
    assert only(eventarc("finalized", "a+b%2Bc")).key == "a+b%2Bc"


def test_several_records_come_in_their_order() -> None:
    told = read_notifications(s3(*(s3_record("ObjectCreated:Put", str(number)) for number in range(5))))
    assert [each.key for each in told] == ["0", "1", "2", "3", "4"]
    assert len({each.identity for each in told}) == 5


def test_a_change_is_told_from_others_by_what_the_store_gives() -> None:
    put = s3_record("ObjectCreated:Put", KEY)
    changes = [
        only(s3(put)),
        only(s3(s3_record("ObjectRemoved:Delete", KEY))),
        only(s3(s3_record("ObjectCreated:Put", f"{KEY}2"))),
        only(s3(s3_record("ObjectCreated:Put", KEY, bucket="other"))),
        only(s3(s3_record("ObjectCreated:Put", KEY, sequencer="0055AED6DCD90281E6"))),
        only(s3(s3_record("ObjectCreated:Put", KEY, sequencer=None, versionId="v1"))),
    ]
    assert len({change.identity for change in changes}) == len(changes)


@pytest.mark.parametrize("version", [None, "", "null"])
def test_without_a_mark_it_is_the_place_in_the_topic_that_tells(version: str | None) -> None:
    record = s3_record("ObjectCreated:Put", KEY, sequencer=None, versionId=version)

    first, second = read_notifications(s3(record, record, place="3/7"))

    assert first.identity != second.identity
    assert first == read_notifications(s3(record, record, place="3/7"))[0]
    assert first.identity != read_notifications(s3(record, record, place="3/8"))[0].identity


def test_what_a_store_leaves_out_is_none() -> None:
    record = s3_record("ObjectRemoved:Delete", KEY)
    del record["eventTime"], record["s3"]["object"]["size"], record["s3"]["object"]["eTag"]
    bare = pub_sub("OBJECT_DELETE", KEY, payloadFormat="NONE")
    del bare["data"]
    for delivery in (s3(record), delivered(bare)):
        told = only(delivery)
        assert (told.key, told.size, told.etag) == (KEY, None, None)
    broken = pub_sub("OBJECT_DELETE", KEY) | {"data": "?"}
    assert only(delivered(broken)).size is None


def test_every_violation_is_named() -> None:
    broken = s3_record("ObjectCreated:Put", KEY, size=-1)
    huge = s3_record("ObjectCreated:Put", KEY, size=2**70)
    nameless = s3_record("ObjectCreated:Put", KEY)
    del nameless["s3"]["bucket"]["name"], nameless["eventName"]
    assert violations(s3(broken, s3_record("ObjectCreated:Put", KEY), huge, nameless)) == {
        ("/Records/0/s3/object/size", "RANGE"),
        ("/Records/2/s3/object/size", "RANGE"),
        ("/Records/3/eventName", "MISSING_FIELD"),
        ("/Records/3/s3/bucket/name", "MISSING_FIELD"),
    }
    lacking = pub_sub("OBJECT_DELETE", KEY)
    del lacking["attributes"]["bucketId"], lacking["attributes"]["objectId"]
    missing = {("/attributes/bucketId", "MISSING_FIELD"), ("/attributes/objectId", "MISSING_FIELD")}
    assert violations(delivered(lacking)) == missing
    assert violations(delivered({"message": lacking})) == {(f"/message{at}", code) for at, code in missing}
    assert violations(event_bridge("Object Created", KEY, size="big")) == {("/detail/object/size", "WRONG_TYPE")}
    assert violations(eventarc("deleted", KEY, gcs_resource(KEY) | {"size": "9" * 30})) == {("/size", "FORMAT")}


def test_keys_that_no_object_can_have_are_named() -> None:
    told = [s3_record("ObjectCreated:Put", key) for key in ("", "a%00b", "é" * 512, "é" * 513)]
    assert violations(s3(*told)) == {
        ("/Records/0/s3/object/key", "FORMAT"),
        ("/Records/1/s3/object/key", "FORMAT"),
        ("/Records/3/s3/object/key", "LENGTH"),
    }


def test_a_message_holds_so_many_records_and_no_more() -> None:
    record = s3_record("ObjectCreated:Put", KEY)
    assert len(read_notifications(s3(*[record] * MOST_RECORDS))) == MOST_RECORDS
    assert violations(s3(*[record] * (MOST_RECORDS + 1))) == {("/Records", "COUNT")}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b"{}", b'{"a": 1}', b'{"a":' * 100_000])
def test_what_nobody_knows_is_rejected(body: bytes) -> None:
    with pytest.raises(UnknownNotification):
        read_notifications(delivered(body))


@pytest.mark.parametrize(
    "body", [b"\x0a", b"\x0a\x05ab", b"\x0b", b"\x08\x01", b"\x80" * 20, b"\x0d\x01", b"\x12\x02\x0a\x09"]
)
def test_protocol_buffers_that_end_in_the_middle_are_rejected(body: bytes) -> None:
    with pytest.raises(UnreadableNotification):
        read_notifications(delivered(body, key=f"/buckets/{BUCKET}/{KEY}".encode()))


def test_a_cloud_event_that_is_none_is_rejected() -> None:
    broken = eventarc("deleted", KEY)
    with pytest.raises(NotACloudEvent):
        read_notifications(replace(broken, headers={**broken.headers, "ce_id": b""}))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([10**400, "\0", "Records"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Records", "s3", "object", "key", "message", "attributes", "detail-type", "detail", "Event"]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
SHAPES = [delivery for delivery, _ in TOLD] + [filer(f"/buckets/{BUCKET}/{KEY}", old=entry("a"), new=entry("a"))]


@settings(deadline=None)
@given(
    shape=st.sampled_from(SHAPES),
    body=st.binary(max_size=80) | ANYTHING.map(lambda value: json.dumps(value).encode()),
    key=st.none() | st.sampled_from([b"/buckets/b/k", b"\xff"]),
)
def test_whatever_arrives_is_read_or_rejected(shape: Delivery, body: bytes, key: bytes | None) -> None:
    for delivery in (replace(shape, body=body), replace(shape, body=body, key=key, headers={})):
        with suppress(Rejected):
            read_notifications(delivery)


@settings(deadline=None)
@given(shape=st.sampled_from(SHAPES), data=st.data())
def test_a_notification_that_was_damaged_on_the_way_is_read_or_rejected(shape: Delivery, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(shape.body) - 1))
    damaged = bytearray(shape.body)
    damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with suppress(Rejected):
        for told in read_notifications(replace(shape, body=bytes(damaged))):
            assert told.key
            assert len(told.identity) == 64
