"""An upload that is cut short anywhere: by a cancellation, which may tidy up, and by a death, which may not.

Whatever is left then, the sweepers remove; nothing that others hold is touched.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from application.media.collect_blobs import CollectBlobs
from application.ports.storage import MultipartUploads, ObjectStore
from domain.media.media import MediaStatus
from domain.media.object_keys import STAGING
from tests.application.media.sending import (
    all_blobs,
    all_media,
    checksum_of_bytes,
    complete,
    file_of,
    pieces,
    presigned,
    upload,
)
from tests.application.media_use_cases import UPLOAD_WINDOW, URL_LIFETIME
from tests.application.world import World
from tests.deletion.killing import Executioner

PART = 64 * 1024
SMALL, LARGE = file_of("video/mp4", name="small"), file_of("video/mp4", size=2 * PART + 1, name="large")
GRACE = timedelta(hours=2)


class Dead(BaseException):
    """Of a process that is no more."""


class Killer(Executioner):
    """As `kill -9`: from the strike on nothing of this process reaches database or store."""

    async def passing(self, name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if self.has_struck:
            raise Dead
        return await super().passing(name, call)

    async def _strike(self, name: str) -> None:
        self.has_struck, self.struck_at = True, name
        raise Dead


def as_seen_by(world: World, executioner: Executioner) -> World:
    """The same database and bucket, in another process."""
    other = World(Path("unused"), part_size=world.part_size)
    other.clock, other.ids, other.database, other.bucket = world.clock, world.ids, world.database, world.bucket
    other.begin = executioner.guard(world.begin)
    other.store, other.multipart = executioner.guard_store(world.store), world.multipart
    if isinstance(executioner, Killer):
        # A cancelled `begin` looks after itself: nobody is cancelled between its end and its answer.
        other.multipart = cast("MultipartUploads", executioner.guard_store(cast("ObjectStore", world.multipart)))
    return other


@pytest.fixture
def make_world(make_world: Callable[..., World]) -> Callable[..., World]:
    """What is cut is the same whatever the size of its parts, and small ones are hashed sooner."""
    return partial(make_world, part_size=PART)


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


async def ended(call: Awaitable[Any]) -> bool:
    """Run it in a task of its own; False when it was cut short."""
    task = asyncio.ensure_future(call)
    await asyncio.wait([task])
    if task.cancelled() or isinstance(task.exception(), Dead):
        return False
    task.result()
    return True


async def sweep(world: World) -> None:
    """What runs anyway, until a day and more have passed."""
    collect = CollectBlobs(
        begin=world.begin, store=world.store, clock=world.clock, grace=GRACE, telemetry=world.telemetry, log=world.log
    )
    for pause in (UPLOAD_WINDOW, URL_LIFETIME, GRACE):
        world.clock.advance(pause + timedelta(seconds=1))
        await world.expire_unfinished()
        await world.sweep_staging()
        await collect()


async def assert_consistent(world: World) -> None:
    """Every hold is counted, and whoever has arrived finds its bytes."""
    media, blobs = await all_media(world), await all_blobs(world)
    for blob in blobs:
        assert blob.holders == len([each for each in media if each.blob_id == blob.id])
    for each in media:
        if each.status is MediaStatus.UPLOADED:
            assert world.bucket.objects[each.storage_key].described.size == each.size


async def assert_nothing_left(world: World) -> None:
    await assert_consistent(world)
    media, blobs = await all_media(world), await all_blobs(world)
    assert MediaStatus.PENDING not in {each.status for each in media}
    assert set(world.bucket.objects) == {blob.key for blob in blobs}
    assert {blob.id for blob in blobs} == {each.blob_id for each in media if each.status is MediaStatus.UPLOADED}
    assert not world.bucket.uploads


def half_done(world: World) -> list[str]:
    return [key for key in world.bucket.objects if key.startswith(STAGING)] + list(world.bucket.uploads)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("body", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "new"])
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "unnamed"])
async def test_a_direct_upload_that_is_cancelled_leaves_nothing(
    world: World, before: bool, body: bytes, is_known: bool, is_named: bool
) -> None:
    checksum = str(checksum_of_bytes(body)) if is_named else None
    if is_known:
        await upload(world, body)
    struck_at = []
    for step in count(1):
        executioner = Executioner(step, before=before)
        known = len(await all_media(world))

        if await ended(upload(as_seen_by(world, executioner), body, checksum=checksum)):
            assert not executioner.has_struck
            break
        struck_at.append(executioner.struck_at)

        assert {media.status for media in await all_media(world)} <= {MediaStatus.UPLOADED}
        await assert_consistent(world)
        if len(await all_media(world)) == known:
            assert not half_done(world)
        else:
            # It had arrived; what was left to do is tidying up.
            assert executioner.struck_at in {"commit", "delete"}
    # Once others hold the bytes, one step more is done: the last commit is struck twice.
    assert struck_at.count("commit") in {3, 4}
    assert {"save", "obtain", "head", "lock"} <= set(struck_at)
    await sweep(world)
    await assert_nothing_left(world)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("body", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "unnamed"])
async def test_a_direct_upload_whose_process_is_killed_leaves_nothing_behind_the_sweepers(
    make_world: Callable[..., World], before: bool, body: bytes, is_named: bool
) -> None:
    checksum = str(checksum_of_bytes(body)) if is_named else None
    for step in count(1):
        world, executioner = make_world(), Killer(step, before=before)
        bystander = await upload(world, file_of("video/mp4", name="bystander"))

        if await ended(upload(as_seen_by(world, executioner), body, checksum=checksum)):
            break
        await sweep(world)

        await assert_nothing_left(world)
        assert bystander.id in {media.id for media in await all_media(world)}
    assert step > 12


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("kill", [Executioner, Killer], ids=["cancelled", "killed"])
async def test_a_completion_that_is_cut_short_can_be_repeated(
    make_world: Callable[..., World], kill: type[Executioner], before: bool
) -> None:
    for step in count(1):
        world, executioner = make_world(), kill(step, before=before)
        media = await presigned(world, file_of())

        if await ended(complete(as_seen_by(world, executioner), media.id)):
            break
        done = await complete(world, media.id)

        assert done.status is MediaStatus.UPLOADED
        await sweep(world)
        await assert_nothing_left(world)
    assert step > 12


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("kill", [Executioner, Killer], ids=["cancelled", "killed"])
async def test_a_completion_that_nobody_repeats_leaves_nothing_behind_the_sweepers(
    make_world: Callable[..., World], kill: type[Executioner], before: bool
) -> None:
    for step in count(1):
        world, executioner = make_world(), kill(step, before=before)
        media = await presigned(world, file_of())

        if await ended(complete(as_seen_by(world, executioner), media.id)):
            break
        await sweep(world)

        await assert_nothing_left(world)


async def test_a_sender_that_goes_away_at_any_moment_leaves_nothing(world: World) -> None:
    """Cancelled between two steps of the event loop, wherever that is."""

    async def flowing() -> AsyncIterator[bytes]:
        async for piece in pieces(LARGE, of=PART // 5):
            await asyncio.sleep(0)
            yield piece

    for turns in count():
        task = asyncio.create_task(upload(world, b"", content=flowing()))
        for _ in range(turns):
            await asyncio.sleep(0)
        if task.done():
            await task
            break
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        # One that has arrived stays: where an earlier turn had left the bytes, its own are thrown away only then.
        assert {media.status for media in await all_media(world)} <= {MediaStatus.UPLOADED}
        assert not half_done(world)
        await assert_consistent(world)
    assert turns > 12
