"""The gatekeeper of deletions (PF-134), over every database alike."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from application.attachments.foresee_deletion import DeletionForecast, ForeseeDeletion
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.attachments.request_deletion import RequestDeletion, RequestDeletionCommand
from application.unit_of_work import UnitOfWorkFactory
from domain.attachments.attachment import Attachment
from domain.attachments.errors import Blocker, MediaProtected
from domain.errors import NotPermitted
from domain.ids import MediaId, StoreId, UserId
from domain.media.errors import MediaNotAttachable, MediaNotFound
from domain.media.kind import MediaKind
from domain.media.media import VISIBLE, Media, MediaStatus
from domain.principal import Principal, Role
from tests.application.stubs import RecordingLog
from tests.builders import IDS, NOW, OWNER, STORE, build_attachment, build_media, ready_media
from tests.contracts.stored import read, store
from tests.ledger import Ledger

UPLOADER = Principal(user_id=OWNER, store_id=STORE, roles=frozenset())
STRANGER = Principal(user_id=UserId(IDS.new()), store_id=STORE, roles=frozenset({Role.PHOTOGRAPHER}))
ADMIN = replace(STRANGER, roles=frozenset({Role.ADMIN}))


class Gate:
    """The gatekeeper in front of a ledger."""

    def __init__(self, begin: UnitOfWorkFactory) -> None:
        self.ledger = Ledger(begin)
        self.begin = begin
        types, clock = self.ledger.entity_types, self.ledger.clock
        self.log = RecordingLog()
        self._request = RequestDeletion(begin=begin, entity_types=types, clock=clock, log=self.log)
        self._foresee = ForeseeDeletion(begin=begin, entity_types=types)

    async def delete(self, media: Media | MediaId, *, by: Principal = UPLOADER) -> None:
        media_id = media.id if isinstance(media, Media) else media
        await self._request(RequestDeletionCommand(principal=by, media_id=media_id))

    async def foresee(self, media: Media, *, by: Principal = UPLOADER) -> DeletionForecast:
        return await self._foresee(RequestDeletionCommand(principal=by, media_id=media.id))

    async def used(self, media: Media, *entity_types: str) -> Sequence[Attachment]:
        uses = [build_attachment(media, entity_type=name) for name in entity_types]
        async with self.begin() as tx:
            await tx.media.lock(media.id)
            await tx.attachments.apply(added=uses, removed=[])
            await tx.commit()
        return uses

    async def now(self, media: Media) -> Media:
        stored = await read(self.begin, media)
        assert isinstance(stored, Media)
        return stored

    async def told(self) -> list[str]:
        async with self.begin() as tx:
            return [entry.message.type for entry in await tx.outbox.take(limit=100, now=NOW)]


@pytest.fixture
def gate(begin: UnitOfWorkFactory) -> Gate:
    return Gate(begin)


async def test_what_nothing_uses_may_go(gate: Gate) -> None:
    [media] = await gate.ledger.media(1)

    await gate.delete(media)

    gone = await gate.now(media)
    assert (gone.status, gone.deletions) == (MediaStatus.DELETE_REQUESTED, 1)
    assert await gate.told() == ["media.delete_requested"]


async def test_the_log_says_once_who_asked_for_it(gate: Gate) -> None:
    [media] = await gate.ledger.media(1)

    for _ in range(2):
        await gate.delete(media, by=ADMIN)

    facts = {"media_id": media.id, "store_id": STORE, "user_id": ADMIN.user_id}
    assert gate.log.lines == [("media.delete_requested", facts)]


async def test_what_unprotected_slots_use_may_go_and_nothing_is_cleaned_up_here(gate: Gate) -> None:
    [media] = await gate.ledger.media(1)
    uses = await gate.used(media, "product_coa", "product_gallery")

    await gate.delete(media)

    assert (await gate.now(media)).usage_count == 2
    assert await gate.ledger.rows() == uses, "the worker ends the uses"
    assert await gate.told() == ["media.delete_requested"]


@pytest.mark.parametrize("entity_type", ["license", "a type that nobody has registered"])
async def test_a_protected_use_forbids_it_and_every_one_is_named(gate: Gate, entity_type: str) -> None:
    [media] = await gate.ledger.media(1)
    uses = await gate.used(media, *["product_gallery"] * 3, *[entity_type] * 7)

    with pytest.raises(MediaProtected) as refused:
        await gate.delete(media)

    expected = [
        Blocker(entity_type=entity_type, entity_id=use.entity_id, since=NOW)
        for use in sorted(uses, key=lambda use: use.place)
        if use.entity_type == entity_type
    ]
    assert refused.value.blockers == expected
    assert len(expected) == 7
    assert await gate.now(media) == replace(media, usage_count=10)
    assert await gate.told() == [], "nothing is told of what was refused"
    assert len(await gate.ledger.rows()) == 10


async def test_once_the_protected_use_has_ended_it_may_go(gate: Gate) -> None:
    [media] = await gate.ledger.media(1)
    licensed = gate.ledger.change([], [media], entity_type="license")
    await gate.ledger(licensed)
    with pytest.raises(MediaProtected):
        await gate.delete(media)

    await gate.ledger(replace(licensed, old_media_ids=[media.id], new_media_ids=[]))
    await gate.delete(media)

    assert (await gate.now(media)).status is MediaStatus.DELETE_REQUESTED


@pytest.mark.parametrize("status", sorted(VISIBLE))
async def test_whatever_the_library_shows_may_be_deleted(gate: Gate, status: MediaStatus) -> None:
    media = build_media(status=status)
    await store(gate.begin, media)

    await gate.delete(media)

    assert (await gate.now(media)).status is MediaStatus.DELETE_REQUESTED


@pytest.mark.parametrize("status", sorted(set(MediaStatus) - VISIBLE))
async def test_of_one_that_is_going_or_gone_nothing_happens_again(gate: Gate, status: MediaStatus) -> None:
    media = build_media(status=status)
    await store(gate.begin, media)

    await gate.delete(media)
    await gate.delete(media, by=ADMIN)

    assert await gate.now(media) == media
    assert await gate.told() == []


async def test_only_its_uploader_and_those_who_run_the_store_may(gate: Gate) -> None:
    media = [*await gate.ledger.media(2), *await gate.ledger.media(1, kind=MediaKind.COA)]
    going = build_media(status=MediaStatus.DELETE_REQUESTED)
    await store(gate.begin, going)

    with pytest.raises(NotPermitted):
        await gate.delete(media[0], by=STRANGER)
    with pytest.raises(NotPermitted):
        await gate.foresee(media[0], by=STRANGER)
    for hidden in (media[2], going):
        with pytest.raises(MediaNotFound):
            await gate.delete(hidden, by=STRANGER)
    await gate.delete(media[1], by=ADMIN)

    assert [(await gate.now(each)).status for each in media] == ["READY", "DELETE_REQUESTED", "READY"]


@pytest.mark.parametrize("roles", [frozenset(), frozenset(Role)])
async def test_in_another_store_there_is_nothing_to_delete(gate: Gate, roles: frozenset[Role]) -> None:
    elsewhere = Principal(user_id=OWNER, store_id=StoreId(IDS.new()), roles=roles)
    media = [build_media(status=status) for status in MediaStatus]
    await store(gate.begin, *media)

    for each in (*media, build_media()):
        with pytest.raises(MediaNotFound):
            await gate.delete(each, by=elsewhere)
        with pytest.raises(MediaNotFound):
            await gate.foresee(each, by=elsewhere)

    assert [await gate.now(each) for each in media] == media


async def test_what_would_happen_can_be_asked_and_nothing_does(gate: Gate) -> None:
    free, held = await gate.ledger.media(2)
    uses = await gate.used(free, "product_gallery", "product_coa")
    [_, license_] = await gate.used(held, "product_gallery", "license")

    allowed, forbidden = await gate.foresee(free), await gate.foresee(held)

    assert (allowed.allowed, allowed.blockers) == (True, [])
    assert sorted(allowed.detached, key=lambda use: use.id) == uses
    assert (forbidden.allowed, forbidden.blockers, forbidden.detached) == (False, [license_], [])
    assert [(await gate.now(each)).status for each in (free, held)] == ["READY", "READY"]
    assert await gate.told() == []


async def test_of_twenty_that_ask_at_once_one_is_told_of(gate: Gate) -> None:
    [media] = await gate.ledger.media(1)

    await asyncio.gather(*[gate.delete(media) for _ in range(20)])

    assert (await gate.now(media)).deletions == 1
    assert await gate.told() == ["media.delete_requested"]


@pytest.mark.parametrize("entity_type", ["product_gallery", "license"])
async def test_of_fifty_that_attach_and_delete_at_once_each_sees_the_others_whole(gate: Gate, entity_type: str) -> None:
    """Either the use exists and was seen by the gatekeeper, or the media is going and the use was refused."""
    [media] = await gate.ledger.media(1)
    reconcile: ReconcileAttachments = gate.ledger.reconcile

    async def attach() -> bool:
        change = gate.ledger.change([], [media], entity_type=entity_type, entity_id=IDS.new())
        try:
            async with gate.begin() as tx:
                await reconcile(tx, change)
                await tx.commit()
        except MediaNotAttachable:
            return False
        return True

    async def delete() -> bool:
        try:
            await gate.delete(media)
        except MediaProtected:
            return False
        return True

    outcomes = await asyncio.gather(*[delete() if n % 5 == 2 else attach() for n in range(50)])

    deleted = [outcome for n, outcome in enumerate(outcomes) if n % 5 == 2]
    attached = sum(outcome for n, outcome in enumerate(outcomes) if n % 5 != 2)
    after = await gate.now(media)
    assert after.usage_count == len(await gate.ledger.rows()) == attached
    if entity_type == "license" and attached:
        assert not any(deleted)
        assert after.status is MediaStatus.READY
    else:
        assert all(deleted)
        assert after.status is MediaStatus.DELETE_REQUESTED


async def test_whoever_attaches_waits_for_the_gatekeeper_and_is_refused(gate: Gate) -> None:
    [media] = await gate.ledger.media(1)
    async with gate.begin() as tx:
        locked = await tx.media.lock(media.id)
        assert locked is not None
        attaching = asyncio.create_task(gate.ledger(gate.ledger.change([], [media])))
        await asyncio.sleep(0.1)
        assert not attaching.done()
        locked.request_deletion(now=NOW)
        await tx.media.save(locked)
        await tx.commit()

    with pytest.raises(MediaNotAttachable):
        await attaching
    assert await gate.ledger.rows() == []


async def test_a_quarantined_one_may_be_deleted(gate: Gate) -> None:
    media = ready_media(quarantined_at=NOW)
    await store(gate.begin, media)

    await gate.delete(media)

    assert (await gate.now(media)).status is MediaStatus.DELETE_REQUESTED
