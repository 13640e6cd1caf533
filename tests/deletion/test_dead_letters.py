"""A media whose deletion fails has one dead letter, of its store, whatever happens to it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.dead_letters.discard_dead_letter import DiscardDeadLetterCommand
from application.dead_letters.get_dead_letter import DeadLetterQuery, GetDeadLetter
from application.dead_letters.list_dead_letters import ListDeadLetters, ListDeadLettersQuery
from application.dead_letters.replay_dead_letter import ReplayDeadLetterCommand
from application.events.routing import MEDIA_DELETIONS_TOPIC, dead_letter_topic
from application.ports.messaging import Delivery
from domain.attachments.errors import UnknownEntityType
from domain.dead_letters.dead_letter import DeadLetter, LetterStatus
from domain.dead_letters.errors import DeadLetterNotFound, DeadLetterNotReplayable, DeadLetterResolved
from domain.ids import DeadLetterId, StoreId
from domain.media.media import Media, MediaStatus
from domain.principal import Principal, Role
from entrypoints.consumer.groups import MEDIA_DELETED
from tests.builders import IDS, STORE, build_dead_letter
from tests.deletion.scene import ADMIN, KEEP, PAUSE, Scene

STRANGER = replace(ADMIN, store_id=StoreId(IDS.new()), roles=frozenset({Role.ADMIN, Role.SERVICE}))
GADGET = UnknownEntityType("gadget")


async def letters(scene: Scene, *, by: Principal = ADMIN) -> list[DeadLetter]:
    """Newest first."""
    page = await ListDeadLetters(begin=scene.begin)(
        ListDeadLettersQuery(principal=by, status=None, topic=MEDIA_DELETIONS_TOPIC, before=None, limit=9)
    )
    return [await seen(scene, letter.id, by=by) for letter in page.letters]


async def seen(scene: Scene, letter_id: DeadLetterId, *, by: Principal) -> DeadLetter:
    return await GetDeadLetter(begin=scene.begin)(DeadLetterQuery(principal=by, letter_id=letter_id))


async def the_letter(scene: Scene) -> DeadLetter:
    (letter,) = await letters(scene)
    return letter


async def replay(scene: Scene, letter: DeadLetter, *, by: Principal = ADMIN) -> None:
    await scene.replay_dead_letter(ReplayDeadLetterCommand(principal=by, letter_id=letter.id))


async def discard(scene: Scene, letter: DeadLetter, *, by: Principal = ADMIN) -> None:
    await scene.discard_dead_letter(DiscardDeadLetterCommand(principal=by, letter_id=letter.id))


async def failed_media(scene: Scene) -> Media:
    media = await scene.new_media()
    await scene.request_deletion(media)
    assert await scene.fail(media.id, GADGET)
    return media


async def resumed(scene: Scene) -> int:
    """However long it waits between its calls."""
    scene.clock.advance(timedelta(days=2))
    return await scene.resume()


async def rejections(scene: Scene) -> int:
    await scene.told(await scene.new_media())  # all that is due goes out
    return [each.topic for each in scene.publisher.messages].count(dead_letter_topic(MEDIA_DELETIONS_TOPIC))


async def test_it_is_the_medias_and_its_stores(scene: Scene) -> None:
    media = await failed_media(scene)

    letter = await the_letter(scene)

    assert (letter.media_id, letter.store_id, letter.consumer) == (media.id, STORE, MEDIA_DELETED)
    assert (letter.status, letter.error_code, letter.attempts) == (LetterStatus.OPEN, "UNKNOWN_ENTITY_TYPE", 4)
    assert scene.telemetry.of("dead_lettered") == [MEDIA_DELETIONS_TOPIC]
    assert await rejections(scene) == 1


async def test_admins_of_its_store_decide_and_nobody_elses(scene: Scene) -> None:
    await failed_media(scene)
    letter = await the_letter(scene)

    assert await letters(scene, by=STRANGER) == []
    for step in (replay, discard, lambda scene, letter, by: seen(scene, letter.id, by=by)):
        with pytest.raises(DeadLetterNotFound):
            await step(scene, letter, by=STRANGER)

    await replay(scene, letter, by=ADMIN)
    assert (await the_letter(scene)).resolved_by == ADMIN.user_id


async def test_a_further_failure_is_counted_on_it(scene: Scene) -> None:
    media = await failed_media(scene)
    first = await the_letter(scene)
    for _ in range(3):
        assert await resumed(scene) == 1
        assert await scene.fail(media.id, GADGET)
    assert await resumed(scene) == 1
    assert await scene.fail(media.id, KeyError("another reason"), attempts=2)

    letter = await the_letter(scene)

    assert (letter.id, letter.status, letter.created_at) == (first.id, LetterStatus.OPEN, first.created_at)
    assert (letter.attempts, letter.error_code) == (18, "INTERNAL_ERROR")
    assert await rejections(scene) == 1
    assert len(scene.telemetry.of("dead_lettered")) == 1


async def test_discarded_nothing_is_tried_again_until_somebody_replays(scene: Scene) -> None:
    media = await failed_media(scene)
    await discard(scene, await the_letter(scene))

    assert await resumed(scene) == 0
    assert await scene.forget_letters() == 0
    scene.clock.advance(KEEP)
    assert (await scene.forget_letters(), await resumed(scene)) == (0, 0)

    await replay(scene, await the_letter(scene))
    assert (await scene.media(media)).status is MediaStatus.DELETE_REQUESTED
    assert await scene.types_told(media) == ["media.delete_requested", "media.delete_failed", "media.delete_requested"]
    assert await scene.delete(media.id)
    assert (await scene.media(media)).status is MediaStatus.DELETED


async def test_a_try_that_was_under_way_leaves_a_discarded_one_alone(scene: Scene) -> None:
    media = await failed_media(scene)
    assert await resumed(scene) == 1
    await discard(scene, await the_letter(scene))
    discarded = await the_letter(scene)

    assert await scene.fail(media.id, GADGET)

    assert replace(await the_letter(scene), version=discarded.version) == discarded
    assert (await scene.media(media)).status is MediaStatus.DELETE_FAILED
    assert await resumed(scene) == 0


@pytest.mark.parametrize("discarded", [False, True])
async def test_a_replay_that_fails_again_opens_the_same_one(scene: Scene, discarded: bool) -> None:
    media = await failed_media(scene)
    letter = await the_letter(scene)
    if discarded:
        await discard(scene, letter)
    await replay(scene, letter)
    with pytest.raises(DeadLetterResolved):
        await replay(scene, letter)

    assert await scene.fail(media.id, GADGET)

    again = await the_letter(scene)
    assert (again.id, again.status, again.attempts) == (letter.id, LetterStatus.OPEN, 8)
    assert (again.resolved_at, again.resolved_by) == (None, None)
    assert await rejections(scene) == 2
    assert await resumed(scene) == 1


async def test_a_replayed_one_is_called_again_should_the_call_get_lost(scene: Scene) -> None:
    await failed_media(scene)
    await replay(scene, await the_letter(scene))
    scene.clock.advance(PAUSE)
    assert await scene.resume() == 0
    assert await resumed(scene) == 1


async def test_nobody_need_decide_on_one_that_was_deleted_after_all(scene: Scene) -> None:
    media = await failed_media(scene)
    assert await resumed(scene) == 1
    assert await scene.delete(media.id)

    letter = await the_letter(scene)

    assert (letter.status, letter.resolved_at, letter.resolved_by) == (LetterStatus.REPLAYED, scene.clock.now(), None)
    with pytest.raises(DeadLetterResolved):
        await replay(scene, letter)
    scene.clock.advance(KEEP + timedelta(seconds=1))
    assert await scene.forget_letters() == 1


async def test_who_replayed_it_is_remembered_once_it_is_deleted(scene: Scene) -> None:
    media = await failed_media(scene)
    await replay(scene, await the_letter(scene))
    assert await scene.delete(media.id)
    assert (await the_letter(scene)).resolved_by == ADMIN.user_id


async def test_of_a_media_that_is_not_there_nothing_is_replayed(scene: Scene) -> None:
    stray = build_dead_letter(media_id=(await scene.new_media()).id, store_id=STORE)
    async with scene.begin() as tx:
        await tx.dead_letters.add(stray)
        await tx.commit()
    with pytest.raises(DeadLetterNotReplayable, match="its media is READY"):
        await replay(scene, stray)
    async with scene.begin() as tx:
        assert await tx.dead_letters.find(stray.id) == replace(stray, version=1)


async def test_the_same_call_is_told_once_however_often_it_arrives(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)
    call = Delivery(topic=MEDIA_DELETIONS_TOPIC, place="0/1", key=b"k", headers={}, body=b"{}")

    async def fail() -> bool:
        return await scene.fail_deletion(media.id, call, consumer=MEDIA_DELETED, error=GADGET, attempts=4)

    assert sorted(await asyncio.gather(*(fail() for _ in range(5)))) == [False] * 4 + [True]
    await replay(scene, await the_letter(scene))
    assert not await fail()
    letter = await the_letter(scene)
    assert (letter.status, letter.attempts) == (LetterStatus.REPLAYED, 4)


async def test_failures_at_once_share_one(scene: Scene) -> None:
    media = await scene.new_media()
    await scene.request_deletion(media)
    errors: list[Any] = [UnknownEntityType(str(number)) for number in range(5)]

    assert all(await asyncio.gather(*(scene.fail(media.id, error, attempts=1) for error in errors)))

    letter = await the_letter(scene)
    assert (letter.status, letter.attempts) == (LetterStatus.OPEN, 5)
