"""A deletion that gets stuck says why, and is begun again."""

from datetime import timedelta

import pytest

from domain.attachments.errors import MediaProtected, UnknownEntityType
from domain.errors import ConcurrentUpdate
from domain.media.deletion_failure import DeletionFailure, DeletionFailureCode
from domain.media.media import MediaStatus
from tests.deletion.scene import PAUSE, Scene


async def test_the_media_says_why_and_so_does_an_event(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)

    await scene.fail(media.id, UnknownEntityType("zeppelin"))

    found = await scene.media(media)
    assert found.status is MediaStatus.DELETE_FAILED
    assert found.deletion_failure == DeletionFailure(
        code=DeletionFailureCode.UNKNOWN_ENTITY_TYPE, detail="no consumer has registered the entity type 'zeppelin'"
    )
    assert await scene.types_told(media) == ["media.delete_requested", "media.delete_failed"]
    assert scene.telemetry.of("deletion_ended") == ["unknown_entity_type"]
    assert "media.deletion_failed" in scene.log.events


@pytest.mark.parametrize(
    ("error", "code", "detail"),
    [
        (ConcurrentUpdate("later"), DeletionFailureCode.DETACHMENT_FAILED, "later"),
        (KeyError("a secret"), DeletionFailureCode.DETACHMENT_FAILED, "unexpected KeyError"),
    ],
)
async def test_whatever_it_was(scene: Scene, error: Exception, code: DeletionFailureCode, detail: str) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)

    await scene.fail(media.id, error)

    assert (await scene.media(media)).deletion_failure == DeletionFailure(code=code, detail=detail)


async def test_a_protected_use_is_a_reason_of_its_own(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)
    await scene.fail(media.id, MediaProtected(media.id, []))
    failure = (await scene.media(media)).deletion_failure
    assert failure is not None
    assert failure.code is DeletionFailureCode.MEDIA_PROTECTED


async def test_the_same_failure_is_told_once(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)
    for _ in range(3):
        await scene.fail(media.id, UnknownEntityType("zeppelin"))
    assert (await scene.types_told(media)).count("media.delete_failed") == 1


async def test_one_that_is_buried_meanwhile_or_was_never_asked_for_is_left_alone(scene: Scene) -> None:
    buried, used = await scene.new_media(), await scene.new_media()
    await scene.request_deletion(buried)
    await scene.delete(buried.id)

    for media in (buried, used):
        await scene.fail(media.id, UnknownEntityType("zeppelin"))

    assert (await scene.media(buried)).status is MediaStatus.DELETED
    assert (await scene.media(used)).status is MediaStatus.READY


async def test_the_worker_goes_on_with_one_that_has_failed(scene: Scene) -> None:
    media = await scene.new_media()
    album = await scene.new_album(cover=media)
    await scene.request_deletion(media)
    await scene.fail(media.id, UnknownEntityType("zeppelin"))

    assert await scene.delete(media.id)

    found = await scene.media(media)
    assert (found.status, found.deletion_failure) == (MediaStatus.DELETED, None)
    assert (await scene.album(album)).cover is None


async def test_a_call_that_was_lost_is_repeated_with_longer_and_longer_pauses(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)

    async def waited() -> timedelta:
        waited = timedelta()
        while not await scene.resume():
            scene.clock.advance(timedelta(minutes=1))
            waited += timedelta(minutes=1)
        return waited

    pauses = [await waited() for _ in range(4)]

    assert pauses == [PAUSE * 2**doubled + timedelta(minutes=1) for doubled in range(4)]
    assert await scene.types_told(media) == ["media.delete_requested"] * 5
    assert (await scene.media(media)).deletions == 5


async def test_pauses_end_at_a_day(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)
    await scene.change(media, lambda found: setattr(found, "deletions", 99))

    scene.clock.advance(timedelta(days=1))
    assert await scene.resume() == 0
    scene.clock.advance(timedelta(seconds=1))
    assert await scene.resume() == 1


async def test_one_that_has_failed_is_called_again_too(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)
    await scene.fail(media.id, UnknownEntityType("zeppelin"))
    scene.clock.advance(PAUSE * 2)

    assert await scene.resume() == 1

    found = await scene.media(media)
    assert (found.status, found.deletion_failure, found.deletions) == (MediaStatus.DELETE_REQUESTED, None, 2)


async def test_those_that_wait_long_do_not_hide_one_that_is_due(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.attachments.resume_deletions._MEDIA", 2)
    patient = [await scene.new_media() for _ in range(3)]
    for media in patient:
        await scene.request_deletion(media)
        await scene.change(media, lambda found: setattr(found, "deletions", 9))
    scene.clock.advance(timedelta(minutes=1))
    due = await scene.new_media()
    await scene.request_deletion(due)
    scene.clock.advance(PAUSE * 1.5)

    assert await scene.resume() == 1
    assert (await scene.media(due)).deletions == 2


async def test_what_is_in_use_pending_or_gone_is_not_resumed(scene: Scene) -> None:
    await scene.new_media()
    gone = await scene.new_media()
    await scene.request_deletion(gone)
    await scene.delete(gone.id)
    scene.clock.advance(timedelta(days=9))
    assert await scene.resume() == 0
