"""Bytes that nobody holds are kept for a time of grace, and then leave the store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count

import pytest

from application.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.media.blob import REMOVAL_AT_MOST, Blob, BlobBeingCollected
from domain.media.media import Media
from tests.builders import build_blob
from tests.contracts.stored import put
from tests.deletion.scene import GRACE, Scene


async def condemned(scene: Scene) -> Media:
    media = await scene.new_media()
    await scene.request_deletion(media)
    await scene.delete(media.id)
    return media


async def test_after_the_grace_object_and_row_are_gone(scene: Scene) -> None:
    media = await condemned(scene)

    scene.clock.advance(GRACE)
    assert await scene.collect() == 0, "not yet"
    assert media.storage_key in scene.bucket.objects
    scene.clock.advance(timedelta(seconds=1))
    assert await scene.collect() == 1

    assert (await scene.blob(media), scene.bucket.objects) == (None, {})
    assert scene.telemetry.of("blob_collected") == [media.size]
    assert await scene.collect() == 0


async def test_one_that_was_revived_is_never_deleted(scene: Scene) -> None:
    media = await condemned(scene)
    assert media.checksum is not None
    scene.clock.advance(GRACE / 2)
    again = await scene.new_media(build_blob(checksum=media.checksum, size=media.size))
    scene.clock.advance(2 * GRACE)

    assert await scene.collect() == 0

    assert again.storage_key in scene.bucket.objects
    await scene.request_deletion(again)
    await scene.delete(again.id)
    scene.clock.advance(GRACE / 2)
    assert await scene.collect() == 0, "its grace begins anew"


async def test_one_that_was_revived_after_it_was_found_is_not_deleted(scene: Scene) -> None:
    media = await condemned(scene)
    scene.clock.advance(2 * GRACE)
    assert media.checksum is not None
    again = build_blob(checksum=media.checksum, size=media.size)
    begin, collect = scene.begin, scene.collect
    transactions = count(1)

    @asynccontextmanager
    async def revived_before_the_second() -> AsyncIterator[UnitOfWork]:
        if next(transactions) == 2:
            await scene.new_media(again)
        async with begin() as tx:
            yield tx

    collect._begin = revived_before_the_second  # type: ignore[assignment]
    assert await collect() == 0
    assert media.storage_key in scene.bucket.objects


async def test_where_a_removal_was_cut_short_nobody_counts_on_the_object(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = await condemned(scene)
    scene.clock.advance(2 * GRACE)

    async def silent(_: object) -> None:
        raise Unavailable("the store does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(scene.store, "delete", silent)
        with pytest.raises(Unavailable):
            await scene.collect()

    assert media.checksum is not None
    with pytest.raises(BlobBeingCollected):
        await scene.new_media(build_blob(checksum=media.checksum, size=media.size))
    scene.clock.advance(REMOVAL_AT_MOST)
    again = await scene.new_media(build_blob(checksum=media.checksum, size=media.size))
    assert await scene.collect() == 0
    assert again.storage_key in scene.bucket.objects


async def test_a_count_that_is_wrong_loses_nothing(scene: Scene) -> None:
    """Somebody holds it, though the count says that nobody does."""
    media = await scene.new_media()
    blob = await scene.blob(media)
    assert blob is not None
    blob.holders, blob.condemned_at = 0, scene.clock.now()
    await _save(scene, blob)
    scene.clock.advance(2 * GRACE)

    assert await scene.collect() == 0

    assert media.storage_key in scene.bucket.objects
    assert "blob.miscounted" in scene.log.events
    counted = await scene.blob(media)
    assert counted is not None
    assert (counted.holders, counted.condemned_at) == (1, None), "it is in nobody's way at the next look"


async def _save(scene: Scene, blob: Blob) -> None:
    async with scene.begin() as tx:
        await put(tx, blob)
        await tx.commit()


async def test_one_look_takes_so_many_and_the_next_the_others(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.media.collect_blobs._BLOBS", 3)
    for _ in range(7):
        await condemned(scene)
    scene.clock.advance(2 * GRACE)
    assert [await scene.collect() for _ in range(4)] == [3, 3, 1, 0]
