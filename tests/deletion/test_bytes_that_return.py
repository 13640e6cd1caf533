"""The store was asked, and had lost the bytes; before anything is decided, an upload of the same bytes brings them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from adapters.memory.storage import MemoryObjectStore
from application.media.blob_holders import UploadUnderWay
from application.ports.storage import StoredObject
from domain.ids import MediaId
from domain.media.blob import Blob
from domain.media.media import Media, MediaStatus
from tests.builders import IDS, build_media
from tests.contracts.stored import put
from tests.deletion.scene import Scene
from tests.deletion.test_removals import told

LONG = timedelta(minutes=6)
"""No upload takes as long from its hold to its arrival."""


class Meanwhile(MemoryObjectStore):
    """Something happens after each answer to the question whether an object is there."""

    def __init__(self, scene: Scene, *then: Callable[[], Awaitable[object]]) -> None:
        super().__init__(scene.bucket)
        self._then = iter(then)

    async def head(self, key: str) -> StoredObject | None:
        answer = await super().head(key)
        happens = next(self._then, None)
        if happens is not None:
            await happens()
        return answer


async def lost(scene: Scene) -> tuple[Media, Blob]:
    """A media whose bytes are gone, of which nobody has been told yet."""
    media = await scene.new_media()
    blob = await scene.blob(media)
    assert blob is not None
    await scene.store.delete([blob.key])
    return media, blob


async def hold(scene: Scene, blob: Blob) -> Media:
    """An upload takes hold of the bytes, and is about to look for them."""
    media = build_media(id=MediaId(IDS.new()), checksum=blob.checksum, size=blob.size)
    async with scene.begin() as tx:
        held = await tx.blobs.obtain(blob)
        media.hold(held, now=scene.clock.now())
        await tx.blobs.save(held)
        await put(tx, media)
        await tx.commit()
    return media


async def arrive(scene: Scene, media: Media, blob: Blob) -> None:
    scene.write(blob.key, blob.checksum)
    await scene.change(
        media, lambda found: found.arrive(blob, mime_type="image/jpeg", facts=None, url="/media", now=scene.clock.now())
    )


async def give_up(scene: Scene, media: Media, blob: Blob) -> None:
    """Its bytes lie there, and its sender was refused all the same."""
    scene.write(blob.key, blob.checksum)
    async with scene.begin() as tx:
        found, held = await tx.media.lock(media.id), await tx.blobs.lock(blob.id)
        assert found is not None
        assert held is not None
        found.let_go(held, now=scene.clock.now())
        await tx.media.remove(found)
        await tx.blobs.save(held)
        await tx.commit()


async def status(scene: Scene, media: Media) -> MediaStatus:
    return (await scene.media(media)).status


async def test_an_upload_that_comes_meanwhile_saves_all_that_lack_them(scene: Scene) -> None:
    media, blob = await lost(scene)
    twin = await scene.new_media(blob)
    await scene.store.delete([blob.key])
    scene.store = Meanwhile(scene, lambda: scene.new_media(blob))

    assert not await scene.note_blob_removal(told(blob.key))

    for each in (media, twin):
        assert await status(scene, each) is MediaStatus.READY
        assert await scene.types_told(each) == []


async def test_one_that_has_come_and_gone_meanwhile_has_brought_them_as_well(scene: Scene) -> None:
    media, blob = await lost(scene)

    async def come_and_go() -> None:
        await give_up(scene, await hold(scene, blob), blob)

    scene.store = Meanwhile(scene, come_and_go)

    assert not await scene.note_blob_removal(told(blob.key))
    assert await status(scene, media) is MediaStatus.READY


@pytest.mark.parametrize("end", [arrive, give_up])
async def test_one_that_was_there_before_may_bring_them_however_late(
    scene: Scene, end: Callable[[Scene, Media, Blob], Awaitable[None]]
) -> None:
    media, blob = await lost(scene)
    slow = await hold(scene, blob)
    scene.clock.advance(LONG)
    scene.store = Meanwhile(scene, lambda: end(scene, slow, blob))

    assert not await scene.note_blob_removal(told(blob.key))
    assert await status(scene, media) is MediaStatus.READY


async def test_while_one_is_writing_nothing_is_decided(scene: Scene) -> None:
    media, blob = await lost(scene)
    writing = await hold(scene, blob)

    with pytest.raises(UploadUnderWay, match=blob.key):
        await scene.note_blob_removal(told(blob.key))
    assert await status(scene, media) is MediaStatus.READY

    await arrive(scene, writing, blob)
    assert not await scene.note_blob_removal(told(blob.key))
    assert await status(scene, media) is MediaStatus.READY


async def test_one_that_died_is_waited_for_some_minutes_and_no_longer(scene: Scene) -> None:
    media, blob = await lost(scene)
    dead = await hold(scene, blob)
    with pytest.raises(UploadUnderWay):
        await scene.note_blob_removal(told(blob.key))
    scene.clock.advance(LONG)

    assert await scene.note_blob_removal(told(blob.key))

    assert await status(scene, media) is MediaStatus.DELETE_REQUESTED
    assert await status(scene, dead) is MediaStatus.PENDING, "that is the sweeper's"


async def test_one_that_takes_hold_once_more_is_alive(scene: Scene) -> None:
    media, blob = await lost(scene)
    again = await hold(scene, blob)
    scene.clock.advance(LONG)
    async with scene.begin() as tx:
        found, held = await tx.media.lock(again.id), await tx.blobs.lock(blob.id)
        assert found is not None
        assert held is not None
        found.hold(held, now=scene.clock.now())
        await tx.media.save(found)
        await tx.commit()

    with pytest.raises(UploadUnderWay):
        await scene.note_blob_removal(told(blob.key))
    assert await status(scene, media) is MediaStatus.READY


async def test_where_others_come_at_every_look_the_delivery_is_repeated(scene: Scene) -> None:
    media, blob = await lost(scene)

    async def come_in_vain() -> None:
        await give_up(scene, await hold(scene, blob), blob)
        await scene.store.delete([blob.key])

    scene.store = Meanwhile(scene, *[come_in_vain] * 9)

    with pytest.raises(UploadUnderWay):
        await scene.note_blob_removal(told(blob.key))
    assert await status(scene, media) is MediaStatus.READY


async def test_holds_that_are_given_back_meanwhile_change_nothing(scene: Scene) -> None:
    """A deletion worker buries the first while the others are still to be decided on."""
    media, blob = await lost(scene)
    gone, others = await scene.new_media(blob), [await scene.new_media(blob) for _ in range(3)]
    await scene.store.delete([blob.key])
    await scene.request_deletion(gone)
    scene.store = Meanwhile(scene, lambda: scene.delete(gone.id))

    assert await scene.note_blob_removal(told(blob.key))

    for each in (media, *others):
        assert await status(scene, each) is MediaStatus.DELETE_REQUESTED
