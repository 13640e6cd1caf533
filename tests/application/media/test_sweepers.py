"""What nobody ends ends by itself, and leaves nothing in the store."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from application.media import sweep_staging
from application.media.promote_media import ALONE, VerifiedBytes
from domain.assets.failure import FailureCode
from domain.errors import Unavailable
from domain.ids import MediaId
from domain.media.errors import MediaNotPending
from domain.media.media import MediaStatus
from domain.media.object_keys import blob_key, direct_key, staging_key
from tests.application.media.sending import (
    all_blobs,
    all_media,
    checksum_of_bytes,
    complete,
    file_of,
    presign,
    presigned,
    told,
)
from tests.application.media.uploaded import media_now
from tests.application.media_use_cases import UPLOAD_WINDOW, URL_LIFETIME
from tests.application.world import World
from tests.builders import IDS, STORE, build_media

JPEG = file_of()
SECOND = timedelta(seconds=1)
LONGEST_UPLOAD = timedelta(hours=2)


async def test_what_nobody_completes_fails_after_its_window(world: World) -> None:
    media = await presigned(world, JPEG)
    world.clock.advance(UPLOAD_WINDOW)
    assert await world.expire_unfinished() == 0
    world.clock.advance(SECOND)

    assert await world.expire_unfinished() == 1

    failed = await media_now(world.begin, media.id)
    assert failed.failure is not None
    assert (failed.status, failed.failure.code) == (MediaStatus.FAILED, FailureCode.UPLOAD_EXPIRED)
    assert not world.bucket.objects
    assert await told(world, media.id) == ["media.failed"]
    assert await world.expire_unfinished() == 0
    with pytest.raises(
        MediaNotPending, match="FAILED, it was not uploaded in time; announce or upload the file again"
    ) as caught:
        await complete(world, media.id)
    assert [(found.pointer, found.code) for found in caught.value.violations] == [("", "UPLOAD_EXPIRED")]


async def test_its_hold_on_bytes_is_given_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    media = await presigned(world, JPEG)

    async def refuse(*_: object, **__: object) -> None:
        raise Unavailable("the object store does not answer")

    with monkeypatch.context() as context:
        context.setattr(world.store, "copy", refuse)
        with pytest.raises(Unavailable):
            await complete(world, media.id)
    (blob,) = await all_blobs(world)
    assert blob.holders == 1
    world.clock.advance(UPLOAD_WINDOW + SECOND)

    assert await world.expire_unfinished() == 1

    (blob,) = await all_blobs(world)
    assert (blob.holders, blob.condemned_at) == (0, world.now)
    assert (await media_now(world.begin, media.id)).blob_id is None


async def test_a_hold_that_was_left_is_taken_up_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    media = await presigned(world, JPEG)

    async def refuse(*_: object, **__: object) -> None:
        raise Unavailable("the object store does not answer")

    with monkeypatch.context() as context:
        context.setattr(world.store, "copy", refuse)
        with pytest.raises(Unavailable):
            await complete(world, media.id)

    assert (await complete(world, media.id)).status is MediaStatus.UPLOADED
    (blob,) = await all_blobs(world)
    assert blob.holders == 1


@pytest.mark.parametrize("seed", range(30))
async def test_completed_or_expired_never_both(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    media = await presigned(world, JPEG)
    world.clock.advance(UPLOAD_WINDOW + SECOND)

    outcomes = await asyncio.gather(complete(world, media.id), world.expire_unfinished(), return_exceptions=True)

    after = await media_now(world.begin, media.id)
    holders = sum(blob.holders for blob in await all_blobs(world))
    if after.status is MediaStatus.UPLOADED:
        assert holders == 1
        assert world.bucket.objects[after.storage_key].data == JPEG
    else:
        assert (after.status, holders) == (MediaStatus.FAILED, 0)
        assert isinstance(outcomes[0], Exception)
    assert staging_key(STORE, media.id) not in world.bucket.objects


async def test_an_object_that_nobody_waits_for_is_removed_once_no_put_can_be_under_way(world: World) -> None:
    media = await presigned(world, JPEG)
    await complete(world, media.id)
    key = staging_key(STORE, media.id)
    world.bucket.write(key, JPEG, content_type="image/jpeg", checksum=None)
    world.clock.advance(URL_LIFETIME)
    assert await world.sweep_staging() == 0
    world.clock.advance(SECOND)

    assert await world.sweep_staging() == 1

    assert key not in world.bucket.objects
    assert len(world.bucket.objects) == 1
    assert await world.sweep_staging() == 0


async def test_what_is_awaited_stays(world: World) -> None:
    media = await presigned(world, JPEG)
    world.clock.advance(UPLOAD_WINDOW)

    assert await world.sweep_staging() == 0

    assert (await complete(world, media.id)).status is MediaStatus.UPLOADED


async def test_a_put_that_ends_after_the_sweep_is_met_by_a_later_one(world: World) -> None:
    ticket = await presign(world, JPEG)
    world.clock.advance(UPLOAD_WINDOW + SECOND)
    await world.expire_unfinished()
    assert await world.sweep_staging() == 0
    world.bucket.write(ticket.media.storage_key, JPEG, content_type="image/jpeg", checksum=None)
    assert await world.sweep_staging() == 0
    world.clock.advance(URL_LIFETIME + SECOND)

    assert await world.sweep_staging() == 1
    assert not world.bucket.objects


async def test_what_lies_there_and_is_nobodys_is_removed(world: World) -> None:
    stray = ["staging/readme.txt", staging_key(STORE, MediaId(IDS.new())), f"staging/{STORE}/a/b"]
    for key in [*stray, f"{STORE}/cas/x", "staging"]:
        world.bucket.write(key, b"?", content_type="image/jpeg", checksum=None)
    world.clock.advance(URL_LIFETIME + SECOND)

    assert await world.sweep_staging() == 3
    assert sorted(world.bucket.objects) == sorted([f"{STORE}/cas/x", "staging"])


async def test_uploads_in_parts_that_a_killed_process_left_are_aborted(world: World) -> None:
    awaited = await presign(world, JPEG)
    belongs = blob_key(STORE, checksum_of_bytes(JPEG))
    for key in (awaited.media.storage_key, staging_key(STORE, MediaId(IDS.new())), belongs, "listing/raw/video"):
        await world.multipart.begin(key, content_type="video/mp4")
    world.clock.advance(LONGEST_UPLOAD)
    assert await world.sweep_staging() == 0
    world.clock.advance(SECOND)

    assert await world.sweep_staging() == 2
    assert {upload.key for upload in world.bucket.uploads.values()} == {awaited.media.storage_key, "listing/raw/video"}

    world.clock.advance(UPLOAD_WINDOW)
    assert await world.expire_unfinished() == 1
    assert await world.sweep_staging() == 1
    assert {upload.key for upload in world.bucket.uploads.values()} == {"listing/raw/video"}


async def test_parts_of_a_direct_upload_stay_while_its_media_waits_for_them(world: World) -> None:
    waiting, gone = MediaId(IDS.new()), MediaId(IDS.new())
    async with world.begin() as tx:
        await tx.media.save(build_media(id=waiting, storage_key=direct_key(STORE, waiting), created_at=world.now))
        await tx.commit()
    for media_id in (waiting, gone):
        await world.multipart.begin(direct_key(STORE, media_id), content_type="video/mp4")
    world.clock.advance(LONGEST_UPLOAD + SECOND)

    assert await world.sweep_staging() == 1
    assert {upload.key for upload in world.bucket.uploads.values()} == {direct_key(STORE, waiting)}

    world.clock.advance(UPLOAD_WINDOW)
    assert await world.expire_unfinished() == 1
    assert await world.sweep_staging() == 1
    assert not world.bucket.uploads


async def test_objects_of_blobs_are_no_business_of_it(world: World) -> None:
    keys = [blob_key(STORE, checksum_of_bytes(JPEG)), direct_key(STORE, MediaId(IDS.new()))]
    for key in keys:
        world.bucket.write(key, JPEG, content_type="image/jpeg", checksum=None)
    world.clock.advance(URL_LIFETIME + UPLOAD_WINDOW)

    assert await world.sweep_staging() == 0
    assert sorted(world.bucket.objects) == sorted(keys)


async def test_a_pass_is_bounded_and_the_next_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_staging, "_LOOKED_AT", 2)
    kept = [await presigned(world, file_of(name=str(number))) for number in range(4)]
    for number in range(3):
        key = staging_key(STORE, MediaId(IDS.new()))
        world.bucket.write(key, bytes([number]), content_type="image/jpeg", checksum=None)
    world.clock.advance(URL_LIFETIME + SECOND)

    removed = [await world.sweep_staging() for _ in range(5)]

    assert sum(removed) == 3
    assert max(removed) <= 2
    assert sorted(world.bucket.objects) == sorted(media.storage_key for media in kept)


async def test_a_store_that_fails_in_the_middle_is_asked_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.bucket.write("staging/stray", b"?", content_type="image/jpeg", checksum=None)
    world.clock.advance(URL_LIFETIME + SECOND)

    async def refuse(*_: object) -> None:
        raise Unavailable("the object store does not answer")

    with monkeypatch.context() as context:
        context.setattr(world.store, "delete", refuse)
        with pytest.raises(Unavailable):
            await world.sweep_staging()

    assert [await world.sweep_staging() for _ in range(2)] in ([0, 1], [1, 0])
    assert not world.bucket.objects


async def test_a_hold_survives_the_loss_of_the_staging_object(world: World) -> None:
    """Promotion begins again after a crash that came behind the copy."""
    media = await presigned(world, JPEG)
    verified = VerifiedBytes(checksum=checksum_of_bytes(JPEG), size=len(JPEG), mime_type="image/jpeg", facts=None)
    blob = await world.promote_media._hold(media.id, verified, ALONE)
    await world.store.copy(media.storage_key, blob.key, content_type="image/jpeg")
    await world.store.delete([media.storage_key])

    done = await world.promote_media(media.id, verified, partial(world.staging.promote, media))

    assert done.status is MediaStatus.UPLOADED
    assert [each.status for each in await all_media(world)] == [MediaStatus.UPLOADED]
