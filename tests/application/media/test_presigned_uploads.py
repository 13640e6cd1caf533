"""Announced, put into the store by the client, looked at, promoted."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.storage import MemoryObject
from adapters.sniffing import magic
from domain.assets.failure import FailureCode, MediaRejected
from domain.errors import NotPermitted, Rejected, Unavailable
from domain.ids import MediaId, StoreId, UserId
from domain.media.content_class import PROVABLE
from domain.media.errors import (
    MediaMismatch,
    MediaNotArrived,
    MediaNotFound,
    MediaUnreadable,
)
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import blob_key, direct_key, staging_key
from domain.principal import Principal, Role
from tests.application.media.sending import (
    MIB,
    all_blobs,
    all_media,
    checksum_of_bytes,
    complete,
    file_of,
    presign,
    presigned,
    told,
    upload,
)
from tests.application.media.uploaded import delete, media_now
from tests.application.media_use_cases import URL_LIFETIME
from tests.application.world import World, principal
from tests.builders import IDS, OWNER, STORE

JPEG = file_of()


async def test_an_announcement_is_a_media_that_awaits_its_bytes(world: World) -> None:
    ticket = await presign(world, JPEG, filename="größe.jpg", folder="spring")

    media = ticket.media
    assert (media.status, media.store_id, media.user_id) == (MediaStatus.PENDING, STORE, OWNER)
    assert (media.original_name, media.folder, media.mime_type) == ("größe.jpg", "spring", "image/jpeg")
    assert (media.size, media.checksum) == (len(JPEG), checksum_of_bytes(JPEG))
    assert media.storage_key == staging_key(STORE, media.id)
    assert ticket.expires_at == world.now + URL_LIFETIME
    assert await all_media(world) == [media]


async def test_the_url_takes_these_bytes_and_no_others(world: World) -> None:
    ticket = await presign(world, JPEG)

    assert world.http.put(ticket.upload, file_of(name="two")).status == 400
    assert world.http.put(replace(ticket.upload, headers={}), JPEG).status == 403
    assert world.http.put(ticket.upload, JPEG).status == 200
    assert list(world.bucket.objects) == [ticket.media.storage_key]
    world.clock.advance(URL_LIFETIME + timedelta(seconds=1))
    assert world.http.put(ticket.upload, JPEG).status == 403


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"filename": ""}, "/filename", "LENGTH"),
    ({"filename": "x" * 256}, "/filename", "LENGTH"),
    ({"folder": ""}, "/folder", "LENGTH"),
    ({"kind": "banner"}, "/kind", "UNKNOWN_KIND"),
    ({"file_type": "application/pdf"}, "/fileType", "MEDIA_TYPE_NOT_ALLOWED"),
    ({"file_type": "image/svg+xml"}, "/fileType", "MEDIA_TYPE_NOT_ALLOWED"),
    ({"file_type": "IMAGE/JPEG"}, "/fileType", "FORMAT"),
    ({"file_type": "image/jpeg; charset=x"}, "/fileType", "FORMAT"),
    ({"file_type": "jpeg"}, "/fileType", "FORMAT"),
    ({"file_type": "text/x" + "x" * 100, "kind": "other"}, "/fileType", "FORMAT"),
    ({"file_type": "text/a\r\nb", "kind": "other"}, "/fileType", "FORMAT"),
    ({"size": 0}, "/bytes", "RANGE"),
    ({"size": -1}, "/bytes", "RANGE"),
    ({"size": 20 * MIB + 1}, "/bytes", "MEDIA_TOO_LARGE"),
    ({"size": 200 * MIB + 1, "file_type": "video/mp4"}, "/bytes", "MEDIA_TOO_LARGE"),
    ({"size": 20 * MIB + 1, "file_type": "video/x-msvideo", "kind": "other"}, "/bytes", "MEDIA_TOO_LARGE"),
    ({"checksum": "abc"}, "/checksum", "CHECKSUM_FORMAT"),
]


@pytest.mark.parametrize(("announced", "pointer", "code"), BROKEN)
async def test_an_announcement_that_breaks_a_rule_is_refused(
    world: World, announced: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(Rejected) as caught:
        await presign(world, JPEG, **announced)

    assert [(found.pointer, found.code) for found in caught.value.violations] == [(pointer, code)]
    assert not await all_media(world)


async def test_all_broken_rules_are_told_at_once(world: World) -> None:
    with pytest.raises(Rejected) as caught:
        await presign(world, JPEG, filename="", folder=" ", kind="?", file_type="x", size=0, checksum="x")

    pointers = [found.pointer for found in caught.value.violations]
    assert pointers == ["/filename", "/folder", "/kind", "/fileType", "/bytes", "/checksum"]


@pytest.mark.parametrize("size", [20 * MIB, 200 * MIB])
async def test_the_largest_are_taken(world: World, size: int) -> None:
    file_type = "image/jpeg" if size == 20 * MIB else "video/mp4"
    assert (await presign(world, JPEG, size=size, file_type=file_type)).media.size == size


async def test_complete_promotes_what_was_announced(world: World) -> None:
    media = await presigned(world, JPEG)

    done = await complete(world, media.id)

    assert (done.id, done.status, done.mime_type) == (media.id, MediaStatus.UPLOADED, "image/jpeg")
    assert done.storage_key == blob_key(STORE, checksum_of_bytes(JPEG))
    assert done.facts is not None
    assert done.facts.width == 40
    assert list(world.bucket.objects) == [done.storage_key]
    assert world.bucket.objects[done.storage_key].data == JPEG
    assert await told(world, media.id) == ["media.uploaded", "photo.uploaded"]
    (blob,) = await all_blobs(world)
    assert (blob.holders, blob.id) == (1, done.blob_id)


async def test_complete_answers_the_same_again_and_again(world: World) -> None:
    media = await presigned(world, JPEG)

    once = await complete(world, media.id)
    again = await complete(world, media.id)

    assert once == again
    await world.work()
    assert (await complete(world, media.id)).status is MediaStatus.READY
    assert (await told(world, media.id)).count("media.uploaded") == 1


async def test_complete_answers_what_became_of_it(world: World) -> None:
    media = await presigned(world, JPEG)
    await complete(world, media.id)

    async def refuse(body: bytes) -> None:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "It is damaged.")

    world.processor.before = refuse
    await world.work_through_retries()

    assert (await complete(world, media.id)).status is MediaStatus.FAILED


@pytest.mark.parametrize("seed", range(20))
async def test_of_many_that_complete_at_once_all_get_the_same(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    media = await presigned(world, JPEG)

    done = await asyncio.gather(*(complete(world, media.id) for _ in range(5)))

    assert {each.status for each in done} == {MediaStatus.UPLOADED}
    assert (await told(world, media.id)).count("media.uploaded") == 1
    (blob,) = await all_blobs(world)
    assert blob.holders == 1


async def test_what_has_not_arrived_can_arrive_later(world: World) -> None:
    ticket = await presign(world, JPEG)

    with pytest.raises(MediaNotArrived, match="PUT it to its uploadUrl, then complete"):
        await complete(world, ticket.media.id)
    world.http.put(ticket.upload, JPEG)

    assert (await complete(world, ticket.media.id)).status is MediaStatus.UPLOADED


async def test_what_has_not_arrived_in_time_is_to_be_announced_again(world: World) -> None:
    ticket = await presign(world, JPEG)
    world.clock.advance(URL_LIFETIME)

    with pytest.raises(MediaNotArrived, match="its uploadUrl has expired; announce it again"):
        await complete(world, ticket.media.id)


async def test_what_has_arrived_in_time_can_be_completed_later(world: World) -> None:
    media = await presigned(world, JPEG)
    world.clock.advance(URL_LIFETIME)

    assert (await complete(world, media.id)).status is MediaStatus.UPLOADED


def tamper(world: World, media: Media, body: bytes, *, says: bytes | None = None) -> None:
    """The store holds other bytes, as one does that checks no signature. It says the SHA-256 of `says`, or none."""
    checksum = None if says is None else checksum_of_bytes(says)
    world.bucket.write(media.storage_key, body, content_type="image/jpeg", checksum=checksum)


async def test_other_bytes_than_announced_are_removed(world: World) -> None:
    ticket = await presign(world, JPEG)
    other = file_of(name="another")
    tamper(world, ticket.media, other, says=other)

    with pytest.raises(MediaMismatch) as caught:
        await complete(world, ticket.media.id)

    assert [(found.pointer, found.code) for found in caught.value.violations] == [
        ("/bytes", "SIZE_MISMATCH"),
        ("/checksum", "CHECKSUM_MISMATCH"),
    ]
    assert not world.bucket.objects
    with pytest.raises(MediaNotArrived):
        await complete(world, ticket.media.id)
    world.http.put(ticket.upload, JPEG)
    assert (await complete(world, ticket.media.id)).status is MediaStatus.UPLOADED


@pytest.mark.parametrize("body", [JPEG, JPEG[:-1] + b"!"])
async def test_where_the_store_keeps_no_checksum_the_bytes_are_hashed(world: World, body: bytes) -> None:
    ticket = await presign(world, JPEG)
    tamper(world, ticket.media, body)

    if body == JPEG:
        assert (await complete(world, ticket.media.id)).status is MediaStatus.UPLOADED
    else:
        with pytest.raises(MediaMismatch):
            await complete(world, ticket.media.id)
        assert not world.bucket.objects


@pytest.mark.parametrize(
    ("kind", "announced", "proved"),
    [
        ("product", "image/jpeg", "image/png"),
        ("product", "image/jpeg", "application/pdf"),
        ("product", "image/png", "application/octet-stream"),
        ("pdf", "application/pdf", "image/jpeg"),
        ("other", "text/csv", "image/svg+xml"),
        ("other", "image/svg+xml", "application/octet-stream"),
    ],
)
async def test_bytes_of_another_type_than_announced_fail_for_good(
    world: World, kind: str, announced: str, proved: str
) -> None:
    media = await presigned(world, file_of(proved), kind=kind, file_type=announced)

    with pytest.raises(MediaMismatch) as caught:
        await complete(world, media.id)

    assert [(found.pointer, found.code) for found in caught.value.violations] == [
        ("/fileType", "CONTENT_TYPE_MISMATCH")
    ]
    failed = await media_now(world.begin, media.id)
    assert failed.failure is not None
    assert (failed.status, failed.failure.code) == (MediaStatus.FAILED, FailureCode.CONTENT_TYPE_MISMATCH)
    assert not world.bucket.objects
    assert await told(world, media.id) == ["media.failed"]
    with pytest.raises(MediaMismatch) as again:
        await complete(world, media.id)
    assert (again.value.detail, again.value.violations) == (caught.value.detail, caught.value.violations)


@pytest.mark.parametrize(
    ("announced", "proved"),
    [
        ("image/heic", "image/heif"),
        ("image/heif", "image/heic"),
        ("text/csv", "application/octet-stream"),
        ("image/svg+xml", "image/svg+xml"),
    ],
)
async def test_the_type_is_what_the_bytes_prove(world: World, announced: str, proved: str) -> None:
    media = await presigned(world, file_of(proved), kind="other", file_type=announced)

    assert (await complete(world, media.id)).mime_type == proved


@pytest.mark.parametrize("code", [FailureCode.UNREADABLE_MEDIA, FailureCode.PIXEL_LIMIT_EXCEEDED])
async def test_a_picture_that_nobody_can_open_fails_for_good(world: World, code: FailureCode) -> None:
    async def refuse(start: bytes) -> None:
        assert start == JPEG
        raise MediaRejected(code, "No decoder can open this picture.")

    world.probe.before = refuse
    media = await presigned(world, JPEG)

    for _ in range(2):
        with pytest.raises(MediaUnreadable, match="No decoder") as caught:
            await complete(world, media.id)
        assert [(found.pointer, found.code) for found in caught.value.violations] == [("/file", code)]

    failed = await media_now(world.begin, media.id)
    assert failed.failure is not None
    assert failed.failure.code is code
    assert not world.bucket.objects
    assert await told(world, media.id) == ["media.failed"]


async def test_a_look_that_takes_too_long_may_be_repeated(world: World) -> None:
    async def refuse(start: bytes) -> None:
        raise MediaRejected(FailureCode.TIMEOUT, "Decoding took more than 10 s.")

    async def agree(start: bytes) -> None:
        pass

    media = await presigned(world, JPEG)
    world.probe.before = refuse
    with pytest.raises(Unavailable):
        await complete(world, media.id)
    world.probe.before = agree
    assert (await complete(world, media.id)).status is MediaStatus.UPLOADED


@pytest.mark.parametrize("key", [direct_key, staging_key])
async def test_a_direct_upload_that_still_flows_cannot_be_completed(
    world: World, key: Callable[[StoreId, MediaId], str]
) -> None:
    media_id = MediaId(IDS.new())
    media = Media.announce(
        media_id=media_id,
        store_id=STORE,
        user_id=OWNER,
        kind=(await presign(world, JPEG)).media.kind,
        original_name="film.mp4",
        mime_type="video/mp4",
        size=10,
        checksum=None,
        storage_key=key(STORE, media_id),
        folder="general",
        now=world.now,
    )
    async with world.begin() as tx:
        await tx.media.save(media)
        await tx.commit()
    tamper(world, media, b"0123456789")

    with pytest.raises(MediaNotArrived, match="upload it again"):
        await complete(world, media.id)


async def test_a_media_that_is_deleted_cannot_be_completed(world: World) -> None:
    media = await presigned(world, JPEG)
    await delete(world, media.id)

    with pytest.raises(MediaNotFound):
        await complete(world, media.id)


async def test_a_media_that_is_deleted_while_it_is_promoted_is_not_brought_back(world: World) -> None:
    media = await presigned(world, JPEG)

    async def delete_it(start: bytes) -> None:
        await delete(world, media.id)

    world.probe.before = delete_it

    with pytest.raises(MediaNotFound):
        await complete(world, media.id)
    assert (await media_now(world.begin, media.id)).status is MediaStatus.DELETE_REQUESTED


async def test_bytes_that_are_replaced_while_they_are_looked_at_are_not_kept(world: World) -> None:
    """Where the store checks no signature, a client could put others there after the look."""
    media = await presigned(world, JPEG)

    async def swap(start: bytes) -> None:
        tamper(world, media, file_of(name="a longer one"), says=file_of(name="a longer one"))

    world.probe.before = swap

    with pytest.raises(MediaMismatch):
        await complete(world, media.id)
    assert blob_key(STORE, checksum_of_bytes(JPEG)) not in world.bucket.objects


async def test_bytes_that_vanish_while_they_are_looked_at_have_not_arrived(world: World) -> None:
    media = await presigned(world, JPEG)

    async def vanish(start: bytes) -> None:
        world.bucket.objects.clear()

    world.probe.before = vanish

    with pytest.raises(MediaNotArrived):
        await complete(world, media.id)


async def test_where_the_bytes_lie_already_nothing_is_copied(world: World) -> None:
    first = await upload(world, JPEG)
    before: MemoryObject = world.bucket.objects[first.storage_key]
    media = await presigned(world, JPEG)

    done = await complete(world, media.id)

    assert (done.storage_key, done.blob_id) == (first.storage_key, first.blob_id)
    assert world.bucket.objects == {first.storage_key: before}
    (blob,) = await all_blobs(world)
    assert blob.holders == 2


OTHER = UserId(IDS.new())


@pytest.mark.parametrize(
    ("by", "error"),
    [
        (principal(OTHER), NotPermitted),
        (principal(OTHER, Role.PHOTOGRAPHER), NotPermitted),
        (principal(OTHER, Role.OWNER), None),
        (principal(OTHER, Role.ADMIN), None),
        (principal(OTHER, Role.SERVICE), None),
        (principal(OWNER), None),
        (principal(OWNER, Role.OWNER, store=StoreId(IDS.new())), MediaNotFound),
    ],
)
async def test_its_uploader_and_those_who_run_the_store_complete_it(
    world: World, by: Principal, error: type[Exception] | None
) -> None:
    media = await presigned(world, JPEG)

    if error is None:
        assert (await complete(world, media.id, by=by)).status is MediaStatus.UPLOADED
    else:
        with pytest.raises(error):
            await complete(world, media.id, by=by)
        assert (await media_now(world.begin, media.id)).status is MediaStatus.PENDING


async def test_a_confidential_one_does_not_exist_for_others(world: World) -> None:
    pdf = file_of("application/pdf")
    media = await presigned(world, pdf, kind="coa", file_type="application/pdf")

    with pytest.raises(MediaNotFound):
        await complete(world, media.id, by=principal(OTHER))


async def test_what_was_never_announced_is_not_found(world: World) -> None:
    with pytest.raises(MediaNotFound):
        await complete(world, MediaId(IDS.new()))


async def test_the_staging_object_may_stay_for_the_sweeper(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    media = await presigned(world, JPEG)

    async def refuse(keys: Any) -> None:
        raise Unavailable("the object store does not answer")

    monkeypatch.setattr(world.store, "delete", refuse)
    done = await complete(world, media.id)

    assert done.status is MediaStatus.UPLOADED
    assert sorted(world.bucket.objects) == sorted([done.storage_key, staging_key(STORE, media.id)])
    assert "media.staged_object_left" in world.log.events


def test_what_can_be_announced_is_what_the_sniffer_knows() -> None:
    known = {kind for _, kind in (*magic._SIGNATURES, *magic._BRANDS)}
    known |= {"video/quicktime", "image/webp", "video/webm", "video/x-matroska", "image/svg+xml"}
    assert known == PROVABLE
