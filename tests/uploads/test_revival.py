"""The last reference is deleted and its bytes are collected, while somebody brings the same bytes: they survive.

Both sides are stopped before each of their steps towards database and store, in all combinations, and go on in either
order; and both run at random, many times.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from domain.ids import MediaId
from domain.media.media import Media, MediaStatus
from tests.application.media.sending import MIB, checksum_of_bytes, complete, file_of, presign, upload
from tests.builders import IDS
from tests.deletion.killing import Executioner
from tests.uploads.library import A_MOMENT, GRACE, Library

SMALL, LARGE = file_of("video/mp4", name="small"), file_of("video/mp4", size=5 * MIB + 1, name="large")


class Stop(Executioner):
    """Holds its task before that step until it is told to go on."""

    def __init__(self, step: int) -> None:
        super().__init__(step, before=True)
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def _strike(self, name: str) -> None:
        self.has_struck, self.struck_at = True, name
        self.reached.set()
        await self.go_on.wait()


async def until_stopped(task: "asyncio.Task[Any]", stop: Stop, patience: float) -> None:
    """It has reached its stop, has ended, or waits for a lock."""
    reached = asyncio.ensure_future(stop.reached.wait())
    await asyncio.wait([task, reached], timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()


async def let_go(task: "asyncio.Task[Any]", stop: Stop, patience: float) -> None:
    stop.go_on.set()
    await asyncio.wait([task], timeout=patience)


async def condemned(library: Library, body: bytes) -> None:
    """Bytes whose last reference went so long ago that the next collector takes them."""
    media = await upload(library, body, by=library.owner)
    await library.request_deletion(media.id)
    await library.delete(media.id)
    library.clock.advance(GRACE + A_MOMENT)


async def assert_survives(library: Library, body: bytes, *, brought: int = 1) -> None:
    async with library.begin() as tx:
        blob = await tx.blobs.find(library.store_id, checksum_of_bytes(body))
    assert blob is not None
    living = [each for each in await library.media() if each.checksum == blob.checksum and each.is_attachable]
    assert len(living) == blob.holders == brought
    assert blob.condemned_at is None
    assert {each.blob_id for each in living} == {blob.id}
    assert await library.bytes_at(blob.key) == body


async def direct(library: Library, body: bytes) -> Media:
    return await upload(library, body, by=library.owner)


async def named(library: Library, body: bytes) -> Media:
    return await upload(library, body, by=library.owner, checksum=str(checksum_of_bytes(body)))


async def announced(library: Library, body: bytes) -> Media:
    ticket = await presign(library, body, by=library.owner, file_type="video/mp4")
    await library.store.put(ticket.media.storage_key, body, content_type="video/mp4", checksum=checksum_of_bytes(body))
    return await complete(library, ticket.media.id, by=library.owner)


async def meet(
    library: Library,
    bring: Callable[[Library, bytes], Awaitable[Media]],
    collector: Stop,
    uploader: Stop,
    *,
    collector_first: bool,
    size: int = 0,
) -> None:
    """Both go to their stops, and on from there one after the other, as far as the other lets them."""
    body = file_of("video/mp4", size=size, name=str(IDS.new()))
    await condemned(library, body)
    collecting = asyncio.create_task(library.seen_by(collector).collect())
    await until_stopped(collecting, collector, library.patience)
    bringing = asyncio.create_task(bring(library.seen_by(uploader), body))
    await until_stopped(bringing, uploader, library.patience)
    sides = [(collecting, collector), (bringing, uploader)]
    for task, stop in sides if collector_first else reversed(sides):
        await let_go(task, stop, library.patience)
    await asyncio.gather(collecting, bringing)
    await assert_survives(library, body)


COLLECTOR_STEPS = 11
"""One more than it takes: then it has ended before the upload begins."""


@pytest.mark.parametrize("collector_first", [True, False], ids=["collector first", "upload first"])
@pytest.mark.parametrize("collector_step", range(1, COLLECTOR_STEPS + 1))
async def test_every_pair_of_stops_of_collector_and_upload(
    memory_library: Library, collector_step: int, collector_first: bool
) -> None:
    for upload_step in count(1):
        collector, uploader = Stop(collector_step), Stop(upload_step)
        await meet(memory_library, direct, collector, uploader, collector_first=collector_first)
        assert collector.has_struck is (collector_step < COLLECTOR_STEPS)
        if not uploader.has_struck:
            break
    assert upload_step > 10


@pytest.mark.parametrize("collector_step", range(1, COLLECTOR_STEPS + 1))
async def test_every_pair_of_stops_of_collector_and_an_upload_in_parts(tmp_path: Path, collector_step: int) -> None:
    """It brings bytes whose blob lies at the key of the media that went. Small parts are hashed sooner."""
    library = Library(tmp_path, part_size=64 * 1024)
    for upload_step in count(1):
        stops = Stop(collector_step), Stop(upload_step)
        await meet(library, direct, *stops, collector_first=upload_step % 2 == 0, size=library.part_size + 1)
        if not stops[1].has_struck:
            break
    assert upload_step > 12


@pytest.mark.parametrize("collector_step", [2, 5, 6, 9])
async def test_stops_of_collector_and_upload_over_the_real_database_and_store(
    real_library: Library, collector_step: int
) -> None:
    """Of the pairs those around its mark and its removal, in alternating order."""
    for upload_step in count(1):
        collector, uploader = Stop(collector_step), Stop(upload_step)
        await meet(real_library, direct, collector, uploader, collector_first=upload_step % 2 == 0)
        if not uploader.has_struck:
            break
    assert upload_step > 10


@pytest.mark.parametrize("collector_step", range(1, COLLECTOR_STEPS + 1))
async def test_every_pair_of_stops_of_collector_and_completion(memory_library: Library, collector_step: int) -> None:
    for completion_step in count(1):
        stops = Stop(collector_step), Stop(completion_step)
        await meet(memory_library, announced, *stops, collector_first=completion_step % 2 == 0)
        if not stops[1].has_struck:
            break
    assert completion_step > 12


@pytest.mark.parametrize("body", [SMALL, LARGE], ids=["small", "large"])
async def test_deletion_collection_and_uploads_at_random(library: Library, body: bytes) -> None:
    random = Random(len(body))

    async def later(call: Callable[[], Awaitable[Any]]) -> None:
        await asyncio.sleep(random.random() / 50)
        await call()

    for _ in range(8):
        gone = await direct(library, body)
        await library.request_deletion(gone.id)
        others = [each.id for each in await library.media() if each.is_attachable]
        for media_id in others:
            await library.request_deletion(media_id)

        async def end_all(media_ids: Sequence[MediaId] = (gone.id, *others)) -> None:
            await asyncio.gather(*(library.delete(media_id) for media_id in media_ids))
            library.clock.advance(GRACE + A_MOMENT)
            await asyncio.gather(library.collect(), library.collect())

        await asyncio.gather(
            later(end_all),
            later(lambda: direct(library, body)),
            later(lambda: named(library, body)),
            later(lambda: announced(library, body)),
        )

        await assert_survives(library, body, brought=3)


async def test_a_collector_that_died_between_object_and_row_is_met_by_the_next_upload(library: Library) -> None:
    await condemned(library, SMALL)
    (blob,) = await library.blobs()
    await library.store.delete([blob.key])

    await direct(library, SMALL)

    await assert_survives(library, SMALL)
    assert await library.collect() == 0


async def test_nothing_is_left_when_all_are_gone(library: Library) -> None:
    for body in (SMALL, LARGE):
        for media in [await direct(library, body), await announced(library, body)]:
            await library.request_deletion(media.id)
            await library.delete(media.id)

    await library.sweep()

    assert await library.objects() == []
    assert await library.blobs() == []
    assert {media.status for media in await library.media()} == {MediaStatus.DELETED}
