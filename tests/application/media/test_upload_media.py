"""A file that flows through us: judged by its first bytes, hashed on the way, stored once."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from hashlib import sha256

import pytest

from application.media.file_inspector import PROBED, SNIFFED
from application.media.upload_places import TooManyUploads
from domain.assets.failure import FailureCode, MediaRejected
from domain.errors import Rejected, Unavailable
from domain.ids import StoreId, UserId
from domain.media.content_class import ContentClass
from domain.media.errors import MediaMismatch, MediaTooLarge, MediaTypeNotAllowed, MediaUnreadable
from domain.media.kind import SizeLimits
from domain.media.media import MediaStatus
from domain.media.object_keys import blob_key, direct_key
from domain.principal import Principal, Role
from tests.application.media.sending import (
    MIB,
    all_blobs,
    all_media,
    checksum_of_bytes,
    file_of,
    pieces,
    told,
    upload,
)
from tests.application.media_use_cases import MEDIA_URL
from tests.application.world import OWNER_PRINCIPAL, World, principal
from tests.builders import IDS, NOW, OWNER, STORE

LARGE = 12 * MIB + 17
"""Three parts of the stream."""


async def refuse(*_: object, **__: object) -> None:
    raise AssertionError


async def is_empty(world: World) -> bool:
    """Neither media nor bytes."""
    return not await all_media(world) and not world.bucket.objects and not world.bucket.uploads


@pytest.mark.parametrize("size", [0, SNIFFED, PROBED, PROBED + 1, 5 * MIB, 5 * MIB + 1, LARGE])
@pytest.mark.parametrize("mime_type", ["image/jpeg", "video/mp4"])
async def test_bytes_are_written_once_to_where_they_stay(
    world: World, monkeypatch: pytest.MonkeyPatch, size: int, mime_type: str
) -> None:
    """Under their hash where that is known before they are stored."""
    monkeypatch.setattr(world.store, "copy", refuse)
    body = file_of(mime_type, size=size)

    media = await upload(world, body)

    assert (media.status, media.mime_type, media.size) == (MediaStatus.UPLOADED, mime_type, len(body))
    assert media.checksum == checksum_of_bytes(body)
    hashed = size <= 5 * MIB
    assert media.storage_key == (blob_key(STORE, media.checksum) if hashed else direct_key(STORE, media.id))
    assert list(world.bucket.objects) == [media.storage_key]
    stored = world.bucket.objects[media.storage_key]
    assert (stored.data, stored.described.content_type) == (body, mime_type)
    assert not world.bucket.uploads
    assert await all_media(world) == [media]
    (blob,) = await all_blobs(world)
    assert (blob.id, blob.key, blob.holders) == (media.blob_id, media.storage_key, 1)
    assert (blob.size, blob.condemned_at) == (len(body), None)


async def test_what_was_sent_along_is_kept(world: World) -> None:
    media = await upload(
        world,
        file_of(),
        kind="store",
        filename="größe.jpg",
        folder="logos/2025",
        alt_text="A bottle",
        description="Green,\nwith a cork.",
    )

    assert (media.store_id, media.user_id, media.kind) == (STORE, OWNER, "store")
    assert (media.original_name, media.folder) == ("größe.jpg", "logos/2025")
    assert (media.alt_text, media.description) == ("A bottle", "Green,\nwith a cork.")
    assert (media.created_at, media.updated_at) == (NOW, NOW)


async def test_width_and_height_are_known_at_once(world: World) -> None:
    media = await upload(world, file_of("image/png"))

    assert media.facts is not None
    assert (media.facts.width, media.facts.height, media.facts.codec) == (40, 30, "png")


async def test_a_picture_is_told_of_as_media_and_as_photo(world: World) -> None:
    body = file_of()
    media = await upload(world, body)

    assert await told(world, media.id) == ["media.uploaded", "photo.uploaded"]
    (uploaded,), (photo,) = (
        [json.loads(message.payload) for message in world.publisher.of(name)]
        for name in ("media.uploaded", "photo.uploaded")
    )
    assert uploaded["checksum"] == str(checksum_of_bytes(body))
    assert (photo["id"], photo["userId"], photo["storeId"]) == (str(media.id), str(OWNER), str(STORE))
    assert photo["url"] == f"{MEDIA_URL}/{media.id}"


async def test_a_confidential_picture_is_told_of_without_an_address(world: World) -> None:
    await upload(world, file_of(), kind="license_doc")

    await world.pointers()
    (photo,) = world.publisher.of("photo.uploaded")
    assert json.loads(photo.payload).get("url") is None


async def test_what_is_no_picture_is_no_photo(world: World) -> None:
    media = await upload(world, file_of("application/pdf"), kind="pdf")

    assert await told(world, media.id) == ["media.uploaded"]
    assert media.content_class is ContentClass.DOCUMENT


async def test_derivatives_are_asked_for_in_the_same_transaction(world: World) -> None:
    await upload(world, file_of())
    await upload(world, file_of("video/mp4"))

    assert len(await world.pointers()) == 2


@pytest.mark.parametrize("mime_type", ["application/octet-stream", "image/svg+xml"])
async def test_where_nothing_is_derived_the_media_is_ready_at_once(world: World, mime_type: str) -> None:
    media = await upload(world, file_of(mime_type), kind="other")

    assert (media.status, media.mime_type) == (MediaStatus.READY, mime_type)
    assert await told(world, media.id) == ["media.uploaded", "media.ready"]
    assert not await world.pointers()


@pytest.mark.parametrize("mime_type", ["application/octet-stream", "image/svg+xml"])
async def test_what_browsers_must_not_show_is_stored_as_octets(world: World, mime_type: str) -> None:
    media = await upload(world, file_of(mime_type), kind="other")

    assert world.bucket.objects[media.storage_key].described.content_type == "application/octet-stream"


async def test_the_same_bytes_are_stored_once_a_store(world: World) -> None:
    elsewhere = principal(OWNER, Role.OWNER, store=StoreId(IDS.new()))
    body = file_of(size=LARGE)

    first, second = await upload(world, body), await upload(world, body)
    other = await upload(world, body, by=elsewhere)

    assert first.id != second.id
    assert first.blob_id == second.blob_id != other.blob_id
    assert sorted(world.bucket.objects) == sorted({first.storage_key, other.storage_key})
    assert sorted(blob.holders for blob in await all_blobs(world)) == [1, 2]


async def test_an_object_that_has_vanished_is_written_again(world: World) -> None:
    body = file_of()
    first = await upload(world, body)
    del world.bucket.objects[first.storage_key]
    async with world.begin() as tx:
        locked = await tx.media.lock(first.id)
        assert locked is not None
        locked.quarantine(now=world.now)
        await tx.media.save(locked)
        await tx.commit()

    await upload(world, body)

    assert world.bucket.objects[first.storage_key].data == body
    assert [media.quarantined_at for media in await all_media(world)] == [None, None]


async def test_an_object_of_another_size_is_written_again(world: World) -> None:
    body = file_of()
    key = blob_key(STORE, checksum_of_bytes(body))
    world.bucket.write(key, body[:-1], content_type="image/jpeg", checksum=None)

    await upload(world, body)

    assert world.bucket.objects[key].data == body


@pytest.mark.parametrize("size", [0, 5 * MIB, LARGE])
async def test_bytes_that_the_sender_names_go_where_they_belong_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    body = file_of("video/mp4", size=size)
    monkeypatch.setattr(world.store, "copy", refuse)
    media = await upload(world, body, checksum=checksum_of_bytes(body).base64)

    assert (media.checksum, media.size) == (checksum_of_bytes(body), len(body))
    assert {key: stored.data for key, stored in world.bucket.objects.items()} == {media.storage_key: body}
    assert media.storage_key == blob_key(STORE, checksum_of_bytes(body))
    assert not world.bucket.uploads


@pytest.mark.parametrize("size", [0, LARGE])
async def test_other_bytes_than_the_sender_names_are_refused(world: World, size: int) -> None:
    body = file_of("video/mp4", size=size)

    with pytest.raises(MediaMismatch) as caught:
        await upload(world, body, checksum=str(checksum_of_bytes(body + b"!")))

    assert [(found.pointer, found.code) for found in caught.value.violations] == [("/checksum", "CHECKSUM_MISMATCH")]
    assert await is_empty(world)
    assert not await all_blobs(world)


async def test_bytes_that_are_named_and_lie_there_are_not_written_again(world: World) -> None:
    body = file_of("video/mp4", size=LARGE)
    first = await upload(world, body)
    before = world.bucket.objects[first.storage_key]

    second = await upload(world, body, checksum=str(checksum_of_bytes(body)))

    assert second.blob_id == first.blob_id
    assert world.bucket.objects == {first.storage_key: before}
    assert not world.bucket.uploads


BROKEN = [
    ({"checksum": "abc"}, "/checksum", "CHECKSUM_FORMAT"),
    ({"kind": "banner"}, "/kind", "UNKNOWN_KIND"),
    ({"filename": " "}, "/file", "LENGTH"),
    ({"filename": "x" * 256}, "/file", "LENGTH"),
    ({"filename": "a\0b"}, "/file", "CONTROL_CHARACTERS"),
    ({"folder": ""}, "/folder", "LENGTH"),
    ({"folder": " a"}, "/folder", "LENGTH"),
    ({"folder": "a\nb"}, "/folder", "LENGTH"),
    ({"folder": "x" * 101}, "/folder", "LENGTH"),
    ({"alt_text": "x" * 501}, "/altText", "LENGTH"),
    ({"description": "x" * 10_001}, "/description", "LENGTH"),
    ({"description": "\0"}, "/description", "CONTROL_CHARACTERS"),
]


@pytest.mark.parametrize(("words", "pointer", "code"), BROKEN)
async def test_words_that_break_a_rule_are_refused(
    world: World, words: dict[str, str], pointer: str, code: str
) -> None:
    with pytest.raises(Rejected) as caught:
        await upload(world, file_of(), **words)

    assert [(found.pointer, found.code) for found in caught.value.violations] == [(pointer, code)]
    assert await is_empty(world)


async def test_all_broken_rules_are_told_at_once(world: World) -> None:
    with pytest.raises(Rejected) as caught:
        await upload(world, file_of(), kind="?", filename="", folder="", alt_text="x" * 501)

    assert [found.pointer for found in caught.value.violations] == ["/file", "/kind", "/folder", "/altText"]


@pytest.mark.parametrize(
    ("kind", "mime_type"),
    [("product", "application/pdf"), ("pdf", "image/jpeg"), ("store", "image/svg+xml"), ("user", "video/mp4")],
)
async def test_a_type_that_the_kind_does_not_take_is_refused_by_its_first_bytes(
    world: World, kind: str, mime_type: str
) -> None:
    body, taken = file_of(mime_type, size=LARGE), 0

    async def content() -> AsyncIterator[bytes]:
        nonlocal taken
        async for piece in pieces(body, of=1024):
            taken += len(piece)
            yield piece

    with pytest.raises(MediaTypeNotAllowed) as caught:
        await upload(world, body, kind=kind, content=content())

    assert caught.value.mime_type == mime_type
    assert f"media of kind {kind}" in caught.value.detail
    assert taken == SNIFFED
    assert await is_empty(world)


async def test_a_short_file_of_a_wrong_type_is_refused_too(world: World) -> None:
    with pytest.raises(MediaTypeNotAllowed):
        await upload(world, b"hello")
    assert await is_empty(world)


async def test_an_empty_file_is_refused(world: World) -> None:
    with pytest.raises(Rejected) as caught:
        await upload(world, b"")
    assert [(found.pointer, found.code) for found in caught.value.violations] == [("/file", "EMPTY")]
    assert await is_empty(world)


def small_limits(**limits: int) -> SizeLimits:
    by_class = {ContentClass(name): limit for name, limit in limits.items()}
    return SizeLimits(by_class={**SizeLimits.default().by_class, **by_class})


@pytest.mark.parametrize("size", [8 * MIB, 8 * MIB + 1])
async def test_the_limit_is_that_of_the_type(make_world: Callable[..., World], size: int) -> None:
    world = make_world(size_limits=small_limits(image=8 * MIB))
    if size == 8 * MIB:
        assert (await upload(world, file_of(size=size))).size == size
    else:
        with pytest.raises(MediaTooLarge) as caught:
            await upload(world, file_of(size=size))
        assert caught.value.limit == 8 * MIB
        assert await is_empty(world)
    assert (await upload(world, file_of("video/mp4", size=size))).size == size


async def test_reading_stops_where_the_limit_is_passed(make_world: Callable[..., World]) -> None:
    world = make_world(size_limits=small_limits(image=8 * MIB))
    taken = 0

    async def content() -> AsyncIterator[bytes]:
        nonlocal taken
        async for piece in pieces(file_of(size=20 * MIB), of=MIB):
            taken += len(piece)
            yield piece

    with pytest.raises(MediaTooLarge):
        await upload(world, b"", content=content())

    assert taken == 9 * MIB
    assert await is_empty(world)


@pytest.mark.parametrize(("kind", "taken"), [("product", 4096), ("pdf", 0)])
async def test_what_the_sender_says_is_refused_as_soon_as_it_is_too_much(world: World, kind: str, taken: int) -> None:
    """A product may be a film of that size, until its bytes say that it is a picture."""
    seen = 0

    async def content() -> AsyncIterator[bytes]:
        nonlocal seen
        async for piece in pieces(file_of(size=21 * MIB), of=4096):
            seen += len(piece)
            yield piece

    with pytest.raises(MediaTooLarge):
        await upload(world, b"", content=content(), kind=kind, at_least=21 * MIB)

    assert seen == taken


async def test_a_picture_that_nobody_can_open_is_refused_before_anything_is_stored(world: World) -> None:
    async def refuse(start: bytes) -> None:
        assert not world.bucket.objects
        assert not world.bucket.uploads
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "No decoder can open this picture.")

    world.probe.before = refuse
    for size in (0, LARGE):
        with pytest.raises(MediaUnreadable) as caught:
            await upload(world, file_of(size=size))
        assert caught.value.code == "UNREADABLE_MEDIA"
    assert await is_empty(world)
    await upload(world, file_of("video/mp4"))


@pytest.mark.parametrize("code", [FailureCode.PIXEL_LIMIT_EXCEEDED, FailureCode.DECODER_CRASHED])
async def test_a_picture_that_decoders_do_not_bear_is_refused(world: World, code: FailureCode) -> None:
    async def refuse(start: bytes) -> None:
        raise MediaRejected(code, "It has too many pixels.")

    world.probe.before = refuse
    with pytest.raises(MediaUnreadable, match="too many pixels"):
        await upload(world, file_of())


async def test_a_look_that_takes_too_long_says_nothing_of_the_picture(world: World) -> None:
    async def refuse(start: bytes) -> None:
        raise MediaRejected(FailureCode.TIMEOUT, "Decoding took more than 10 s.")

    world.probe.before = refuse
    with pytest.raises(Unavailable):
        await upload(world, file_of())
    assert await is_empty(world)


async def test_the_probe_sees_no_more_than_the_start(world: World) -> None:
    seen = []

    async def note(start: bytes) -> None:
        seen.append(len(start))

    world.probe.before = note
    await upload(world, b"", content=pieces(file_of(size=LARGE), of=64 * 1024))
    await upload(world, file_of())

    assert seen == [PROBED, len(file_of())]


async def test_a_sender_that_goes_away_leaves_nothing(world: World) -> None:
    class Gone(Exception):
        pass

    for sent in (3, SNIFFED, 3 * MIB, LARGE):

        async def content(sent: int = sent) -> AsyncIterator[bytes]:
            async for piece in pieces(file_of("video/mp4", size=sent)[:sent]):
                yield piece
            raise Gone

        with pytest.raises(Gone):
            await upload(world, b"", content=content())
        assert await is_empty(world)
    assert all(blob.holders == 0 for blob in await all_blobs(world))


async def test_a_media_that_is_deleted_while_it_comes_in_is_not_brought_back(world: World) -> None:
    async def content() -> AsyncIterator[bytes]:
        async for piece in pieces(file_of("video/mp4", size=LARGE)):
            yield piece
        (media,) = await all_media(world)
        async with world.begin() as tx:
            locked = await tx.media.lock(media.id)
            assert locked is not None
            locked.request_deletion(now=world.now)
            await tx.media.save(locked)
            await tx.commit()

    with pytest.raises(Exception, match="awaits no upload"):
        await upload(world, b"", content=content())

    (media,) = await all_media(world)
    assert media.status is MediaStatus.DELETE_REQUESTED
    assert not world.bucket.uploads


async def test_more_than_fit_wait_for_their_turn_unread(world: World) -> None:
    world.upload_media = world.make_upload_media(at_once=1, patience_seconds=0.2)
    going, release = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        going.set()
        await release.wait()
        yield file_of()

    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError
        yield b""

    first = asyncio.create_task(upload(world, b"", content=slow()))
    await going.wait()
    with pytest.raises(TooManyUploads):
        await upload(world, b"", content=unread())
    second = asyncio.create_task(upload(world, file_of(name="two")))
    await asyncio.sleep(0)
    release.set()

    assert (await first).status is (await second).status is MediaStatus.UPLOADED


@pytest.mark.parametrize(("places", "of_a_user", "of_a_store"), [(1, 1, 1), (3, 1, 1), (8, 2, 4), (32, 8, 16)])
async def test_nobody_keeps_the_others_out(world: World, places: int, of_a_user: int, of_a_store: int) -> None:
    """Users who hold back their bytes, and then a store that does."""
    world.upload_media = world.make_upload_media(at_once=places, patience_seconds=0.1)
    release, held = asyncio.Event(), []

    async def held_back() -> AsyncIterator[bytes]:
        await release.wait()
        yield file_of()

    async def hold(who: Principal) -> bool:
        task = asyncio.create_task(upload(world, b"", content=held_back(), by=who))
        done, _ = await asyncio.wait([task], timeout=0.2)
        if not done:
            held.append(task)
            return True
        with pytest.raises(TooManyUploads, match=r"on their way"):
            task.result()
        return False

    ours = [principal(UserId(IDS.new()), Role.OWNER) for _ in range(places)]
    assert [await hold(ours[0]) for _ in range(of_a_user + 1)] == [True] * of_a_user + [False]
    assert sum([await hold(who) for who in ours[1 : 1 + of_a_store]]) == of_a_store - of_a_user
    if places > 1:
        others = principal(UserId(IDS.new()), Role.OWNER, store=StoreId(IDS.new()))
        assert (await upload(world, file_of(name="theirs"), by=others)).status is MediaStatus.UPLOADED

    release.set()
    assert {(await task).status for task in held} == {MediaStatus.UPLOADED}
    assert (await upload(world, file_of(name="later"), by=ours[0])).status is MediaStatus.UPLOADED


async def test_the_hash_is_that_of_every_byte(world: World) -> None:
    body = file_of("video/mp4", size=LARGE)

    media = await upload(world, b"", content=pieces(body, of=777_777), at_least=len(body))

    assert media.checksum is not None
    assert media.checksum.hex == sha256(body).hexdigest()


async def test_who_has_no_role_may_bring_media_too(world: World) -> None:
    nobody = principal(OWNER_PRINCIPAL.user_id)
    assert (await upload(world, file_of(), by=nobody, kind="user")).status is MediaStatus.UPLOADED
