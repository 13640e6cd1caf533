"""The worker as a consumer: what a call comes to, over messages that travel in the process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from adapters.memory.bus import InProcessBus
from adapters.memory.storage import MemoryObjectStore
from adapters.telemetry.tracing import OpenTelemetryTracing
from application.attachments.entity_types import EntityType
from application.dead_letters.reject_message import RejectMessage
from application.dead_letters.replay_dead_letter import ReplayDeadLetterCommand
from application.events.relay_outbox import RelayOutbox
from application.events.routing import MEDIA_DELETIONS_TOPIC
from application.ports.messaging import Message
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.dead_letters.access import Reach
from domain.dead_letters.dead_letter import DeadLetter, LetterStatus
from domain.errors import Unavailable
from domain.media.media import MediaStatus
from entrypoints.consumer.consumer import Consumer
from entrypoints.consumer.groups import MEDIA_DELETED
from entrypoints.consumer.loops import Loops
from entrypoints.consumer.media_deletions import MediaDeletions, RejectDeletion
from entrypoints.consumer.rejection import Rejection
from tests.builders import STORE
from tests.deletion.albums import CONTRACT, ENTITY_TYPES, detach_picture
from tests.deletion.scene import ADMIN, Scene
from tests.entrypoints.consumer.workbench import running, until

LETTERS = Reach(store_id=STORE, strays=True)


class Post:
    """A bus, a relay, and the worker."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.bus, self.loops = scene, InProcessBus(), Loops()

    def worker(self) -> Consumer:
        scene = self.scene
        reject = RejectMessage(begin=scene.begin, clock=scene.clock, ids=scene.ids, telemetry=scene.telemetry)
        return Consumer(
            name=MEDIA_DELETED,
            subscription=self.bus.subscribe(MEDIA_DELETED, [MEDIA_DELETIONS_TOPIC]),
            handle=MediaDeletions(delete=scene.delete, beat=self.loops.beat_of(MEDIA_DELETED)),
            rejection=Rejection(
                consumer=MEDIA_DELETED,
                reject=RejectDeletion(fail=scene.fail_deletion, reject=reject),
                telemetry=scene.telemetry,
                log=scene.log,
            ),
            telemetry=scene.telemetry,
            tracing=OpenTelemetryTracing(),
            loops=self.loops,
            log=scene.log,
            at_hand=9,
        )

    async def relay(self) -> None:
        scene = self.scene
        relay = RelayOutbox(
            begin=scene.begin,
            publisher=self.bus,
            clock=scene.clock,
            telemetry=scene.telemetry,
            tracing=OpenTelemetryTracing(),
        )
        while await relay():
            pass

    async def send(self, body: bytes, type_: str) -> None:
        message = Message(
            id=self.scene.ids.new(),
            topic=MEDIA_DELETIONS_TOPIC,
            key="k",
            type=type_,
            payload=body,
            occurred_at=self.scene.clock.now(),
        )
        await self.bus.publish([message])

    @asynccontextmanager
    async def comes_to(self, *outcomes: str) -> AsyncIterator[None]:
        """The worker runs, until it has dealt with as many messages as there are outcomes."""
        before = len(self.scene.telemetry.of("consumed"))
        async with running(self.worker()):
            yield
            await self.relay()
            await until(self._dealt_with(before + len(outcomes)))
        assert self.scene.telemetry.of("consumed")[before:] == [(MEDIA_DELETIONS_TOPIC, each) for each in outcomes]

    def _dealt_with(self, number: int) -> Callable[[], Awaitable[bool]]:
        async def dealt_with() -> bool:
            return len(self.scene.telemetry.of("consumed")) >= number

        return dealt_with


@pytest.fixture
def post(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setattr("entrypoints.consumer.consumer._PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr("entrypoints.consumer.consumer._OUTAGE_PAUSE", 0.001)
    return Post(scene)


async def letters(scene: Scene) -> list[DeadLetter]:
    async with scene.begin() as tx:
        page = await tx.dead_letter_history.page(LETTERS, status=None, topic=None, before=None, limit=9)
        return [letter for each in page if (letter := await tx.dead_letters.find(each.id))]


async def test_it_takes_up_what_the_gatekeeper_has_let_pass(post: Post) -> None:
    scene = post.scene
    media, other = await scene.new_media(), await scene.new_media()
    album = await scene.new_album(cover=media, pictures=[other, media])

    async with post.comes_to("applied"):
        await scene.request_deletion(media)

    assert (await scene.media(media)).status is MediaStatus.DELETED
    found = await scene.album(album)
    assert (found.cover, found.pictures) == (None, [other.id])


async def test_a_call_for_one_that_is_gone_is_ignored(post: Post) -> None:
    scene = post.scene
    media = await scene.new_media()
    await scene.request_deletion(media)
    await scene.delete(media.id)
    async with post.comes_to("ignored"):
        pass


async def test_an_unknown_entity_type_is_loud_retried_put_aside_and_goes_on_when_it_is_replayed(post: Post) -> None:
    scene = post.scene
    media = await scene.new_media()
    await scene.smuggle(media, "zeppelin")

    async with post.comes_to("dead_lettered"):
        await scene.request_deletion(media)

    (letter,) = await letters(scene)
    assert (letter.error_code, letter.attempts, letter.consumer) == ("UNKNOWN_ENTITY_TYPE", 4, MEDIA_DELETED)
    assert "zeppelin" in letter.error_detail
    found = await scene.media(media)
    assert found.status is MediaStatus.DELETE_FAILED
    assert scene.telemetry.of("deletion_ended") == ["unknown_entity_type"]
    assert scene.telemetry.of("dead_lettered") == [MEDIA_DELETIONS_TOPIC]
    assert "media.deletion_failed" in scene.log.events

    # The consumer that knows it is rolled out, and somebody replays the letter.
    scene.entity_types = [*ENTITY_TYPES, _zeppelins()]
    await scene.replay_dead_letter(ReplayDeadLetterCommand(principal=ADMIN, letter_id=letter.id))
    async with post.comes_to("applied"):
        pass
    assert (await scene.media(media)).status is MediaStatus.DELETED
    assert [each.status for each in await letters(scene)] == [LetterStatus.REPLAYED]


def _zeppelins() -> EntityType:
    return replace(ENTITY_TYPES[1], name="zeppelin", owner="zeppelin", detach=detach_picture)


async def test_a_protected_use_behind_the_gatekeeper_is_loud_too(post: Post) -> None:
    scene = post.scene
    media = await scene.new_media()
    await scene.smuggle(media, CONTRACT)

    async with post.comes_to("dead_lettered"):
        await scene.request_deletion(media)

    (letter,) = await letters(scene)
    assert letter.error_code == "MEDIA_PROTECTED"
    assert (await scene.media(media)).status is MediaStatus.DELETE_FAILED
    assert len(await scene.usages(media)) == 1


async def test_one_that_fails_holds_up_no_other(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrypoints.consumer.consumer._PAUSES", (60.0,))
    scene = post.scene
    stuck, media = await scene.new_media(), await scene.new_media()
    await scene.smuggle(stuck, "gadget")
    album = await scene.new_album(cover=media)

    async def is_deleted() -> bool:
        return (await scene.media(media)).status is MediaStatus.DELETED

    async with running(post.worker()):
        for each in (stuck, media):
            await scene.request_deletion(each)
            await post.relay()
        await until(is_deleted)
        assert (await scene.album(album)).cover is None
        assert (await scene.media(stuck)).status is MediaStatus.DELETE_REQUESTED


async def test_what_is_no_call_is_put_aside_or_ignored(post: Post) -> None:
    media = await post.scene.new_media()
    async with post.comes_to("dead_lettered", "ignored", "dead_lettered"):
        await post.send(b'{"mediaId": 7}', "media.delete_requested")
        await post.send(b"{}", "media.deleted")
        await post.send(b"\xff", "media.delete_requested")
    assert {letter.error_code for letter in await letters(post.scene)} == {"UNREADABLE_DELETION"}
    assert (await post.scene.media(media)).status is MediaStatus.READY


async def test_an_outage_of_the_store_is_waited_out(post: Post) -> None:
    scene = post.scene
    media = await scene.new_media()
    failures = 3

    class Stumbling(MemoryObjectStore):
        async def delete(self, keys: Sequence[str]) -> None:
            nonlocal failures
            if failures:
                failures -= 1
                raise Unavailable("the object store does not answer")
            await super().delete(keys)

    scene.store = Stumbling(scene.bucket)
    async with post.comes_to("applied"):
        await scene.request_deletion(media)
    assert (failures, await letters(scene)) == (0, [])


async def test_a_media_with_many_usages_is_no_silence_and_one_that_hangs_is(post: Post) -> None:
    scene, seen, going = post.scene, asyncio.Event(), asyncio.Event()
    media = await scene.new_media()
    for _ in range(4):
        await scene.new_album(cover=media)
    ages: list[float] = []

    async def slowly(tx: UnitOfWork, usage: Attachment, now: datetime) -> None:
        ages.append(post.loops.ages()[MEDIA_DELETED])
        await asyncio.sleep(0.1)
        if len(ages) == 4:
            seen.set()
            await going.wait()

    scene.entity_types = [replace(each, detach=slowly) for each in ENTITY_TYPES]
    async with post.comes_to("applied"):
        await scene.request_deletion(media)
        await post.relay()
        await seen.wait()
        assert max(ages) < 0.1, "every usage was a step"
        assert post.loops.silent(timedelta(seconds=0.09)) == [MEDIA_DELETED]
        going.set()
    assert post.loops.ages() == {}
