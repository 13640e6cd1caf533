"""Sets with their attachments, and parts and kits with their covers: both databases keep them alike."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.attachment_sets.owner_sort import KITS, PARTS, OwnerSort
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.failure import Failure, FailureCode
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_attachment import AttachmentType, FetchStatus, SetAttachment
from domain.attachment_sets.set_owner import SetOwner
from domain.errors import ConcurrentUpdate
from domain.ids import AttachmentSetId, SetAttachmentId, StoreId
from domain.media.media import Media
from tests.builders import IDS, NOW, OWNER, STORE, build_set_attachment, empty_set, ready_media
from tests.contracts.stored import store

A_MOMENT = 0.1
LATER = NOW + timedelta(minutes=1)

sorts = pytest.mark.parametrize("sort", [PARTS, KITS], ids=["parts", "kits"])


def address() -> SetAttachment:
    return SetAttachment(
        id=SetAttachmentId(IDS.new()),
        user_id=OWNER,
        type=AttachmentType.URL,
        title="größe",
        url="https://example.org/",
        fetch=FetchStatus.FAILED,
        failure=Failure(code=FailureCode.SITE_REFUSED, detail="the site answered with 404"),
        created_at=LATER,
    )


async def keep(begin: UnitOfWorkFactory, attachment_set: AttachmentSet) -> None:
    async with begin() as tx:
        await tx.repository(AttachmentSets).save(attachment_set)
        await tx.commit()


async def found(begin: UnitOfWorkFactory, set_id: AttachmentSetId) -> AttachmentSet | None:
    async with begin() as tx:
        return await tx.repository(AttachmentSets).find(set_id)


async def set_with(begin: UnitOfWorkFactory, *media: Media) -> AttachmentSet:
    """Kept, with an image of each."""
    await store(begin, *media)
    attachment_set = empty_set()
    for nth, each in enumerate(media):
        attachment_set.add(build_set_attachment(each, created_at=NOW + timedelta(seconds=nth)), now=NOW)
    await keep(begin, attachment_set)
    return attachment_set


async def test_a_set_comes_back_as_it_was(begin: UnitOfWorkFactory) -> None:
    attachment_set = await set_with(begin, ready_media(), ready_media())
    attachment_set.add(address(), now=LATER)
    await keep(begin, attachment_set)

    assert await found(begin, attachment_set.id) == attachment_set
    assert attachment_set.version == 2
    assert await found(begin, AttachmentSetId(IDS.new())) is None


async def test_what_has_changed_is_written_and_what_has_gone_is_gone(begin: UnitOfWorkFactory) -> None:
    attachment_set = await set_with(begin, ready_media(), ready_media())
    first, second = attachment_set.attachments

    attachment_set.retitle(second.id, "Back", now=LATER)
    attachment_set.remove(first.id, now=LATER)
    await keep(begin, attachment_set)

    kept = await found(begin, attachment_set.id)
    assert kept is not None
    assert kept.attachments == (replace(second, title="Back"),)
    assert kept.cover_id == second.id
    async with begin() as tx:
        sets = tx.repository(AttachmentSets)
        assert (await sets.set_of(first.id), await sets.set_of(second.id)) == (None, attachment_set.id)


async def test_the_last_one_may_go(begin: UnitOfWorkFactory) -> None:
    attachment_set = await set_with(begin, ready_media())
    attachment_set.remove(attachment_set.attachments[0].id, now=LATER)
    await keep(begin, attachment_set)

    kept = await found(begin, attachment_set.id)
    assert kept is not None
    assert (kept.attachments, kept.cover_id) == ((), None)


async def test_a_stale_set_is_refused(begin: UnitOfWorkFactory) -> None:
    attachment_set = await set_with(begin, ready_media())
    stale = await found(begin, attachment_set.id)
    assert stale is not None
    attachment_set.clear_cover(now=LATER)
    await keep(begin, attachment_set)

    with pytest.raises(ConcurrentUpdate):
        await keep(begin, stale)
    assert await found(begin, attachment_set.id) == attachment_set


async def test_a_set_that_was_not_committed_never_was(begin: UnitOfWorkFactory) -> None:
    attachment_set = empty_set()
    async with begin() as tx:
        await tx.repository(AttachmentSets).save(attachment_set)
    assert await found(begin, attachment_set.id) is None


async def test_who_waits_for_a_set_sees_what_the_other_has_added(begin: UnitOfWorkFactory) -> None:
    attachment_set, media = await set_with(begin, ready_media()), ready_media()
    await store(begin, media)

    async def add() -> int:
        async with begin() as tx:
            sets = tx.repository(AttachmentSets)
            locked = await sets.lock(attachment_set.id)
            assert locked is not None
            await asyncio.sleep(A_MOMENT)
            locked.add(build_set_attachment(media), now=LATER)
            await sets.save(locked)
            await tx.commit()
            return len(locked.attachments)

    assert sorted(await asyncio.gather(add(), add(), add())) == [2, 3, 4]


async def test_removing_a_set_removes_its_attachments(begin: UnitOfWorkFactory) -> None:
    attachment_set, other = await set_with(begin, ready_media()), await set_with(begin, ready_media())
    async with begin() as tx:
        sets = tx.repository(AttachmentSets)
        await sets.remove(attachment_set)
        await tx.commit()

    assert await found(begin, attachment_set.id) is None
    assert await found(begin, other.id) == other
    async with begin() as tx:
        assert await tx.repository(AttachmentSets).set_of(attachment_set.attachments[0].id) is None


async def test_those_that_use_media_come_by_id_in_pages(begin: UnitOfWorkFactory) -> None:
    one, two = await set_with(begin, ready_media(), ready_media()), await set_with(begin, ready_media())
    two.add(address(), now=LATER)
    await keep(begin, two)
    using = sorted(each.id for each in (*one.attachments, *two.attachments) if each.media_id)

    async with begin() as tx:
        sets = tx.repository(AttachmentSets)
        first = await sets.using_media(after=None, limit=2)
        rest = await sets.using_media(after=first[-1].attachment.id, limit=2)

    assert [each.attachment.id for each in (*first, *rest)] == using
    assert {each.store_id for each in (*first, *rest)} == {STORE}
    assert all(each.attachment in (*one.attachments, *two.attachments) for each in (*first, *rest))


def owner_of(sort: OwnerSort[Any], attachment_set: AttachmentSet, **changes: Any) -> Any:
    return sort.owner(
        **{
            "id": IDS.new(),
            "store_id": attachment_set.store_id,
            "name": "Lamp",
            "attachment_set_id": attachment_set.id,
            "created_at": NOW,
            "updated_at": NOW,
        }
        | changes
    )


async def keep_owner(begin: UnitOfWorkFactory, sort: OwnerSort[Any], *owners: SetOwner) -> None:
    async with begin() as tx:
        for owner in owners:
            await tx.repository(sort.repository).save(owner)
        await tx.commit()


@sorts
async def test_an_owner_comes_back_with_the_media_of_its_cover(begin: UnitOfWorkFactory, sort: OwnerSort[Any]) -> None:
    media = ready_media()
    attachment_set = await set_with(begin, media, ready_media())
    owner = owner_of(sort, attachment_set)
    await keep_owner(begin, sort, owner)

    async with begin() as tx:
        covered = await tx.repository(sort.repository).find(owner.id)
        assert await tx.repository(sort.repository).find(IDS.new()) is None
    assert covered is not None
    assert (covered.owner, covered.cover) == (owner, media)


@sorts
async def test_an_owner_without_a_cover_has_none(begin: UnitOfWorkFactory, sort: OwnerSort[Any]) -> None:
    attachment_set = await set_with(begin)
    attachment_set.add(address(), now=NOW)
    attachment_set.choose_cover(attachment_set.attachments[0].id, now=NOW)
    await keep(begin, attachment_set)
    bare, with_address = owner_of(sort, await set_with(begin)), owner_of(sort, attachment_set)
    await keep_owner(begin, sort, bare, with_address)

    async with begin() as tx:
        owners = tx.repository(sort.repository)
        covers = [await owners.find(bare.id), await owners.find(with_address.id)]
    assert [each and each.cover for each in covers] == [None, None]


@sorts
async def test_a_list_is_of_one_store_newest_first(begin: UnitOfWorkFactory, sort: OwnerSort[Any]) -> None:
    media = ready_media()
    owners = [owner_of(sort, await set_with(begin, *([media] if nth == 1 else []))) for nth in range(3)]
    foreign_set = empty_set(store_id=StoreId(IDS.new()))
    await keep(begin, foreign_set)
    await keep_owner(begin, sort, *owners, owner_of(sort, foreign_set))

    async with begin() as tx:
        repository = tx.repository(sort.repository)
        first = await repository.of_store(STORE, before=None, limit=2)
        rest = await repository.of_store(STORE, before=first[-1].owner.id, limit=2)

    assert [each.owner for each in (*first, *rest)] == owners[::-1]
    assert [each.cover for each in (*first, *rest)] == [None, media, None]


@sorts
async def test_a_stale_owner_is_refused(begin: UnitOfWorkFactory, sort: OwnerSort[Any]) -> None:
    owner = owner_of(sort, await set_with(begin))
    await keep_owner(begin, sort, owner)
    stale = replace(owner)
    owner.name = "Lamp 2"
    await keep_owner(begin, sort, owner)

    with pytest.raises(ConcurrentUpdate):
        await keep_owner(begin, sort, stale)


@sorts
async def test_an_owner_goes_and_then_its_set(begin: UnitOfWorkFactory, sort: OwnerSort[Any]) -> None:
    attachment_set = await set_with(begin, ready_media())
    owner = owner_of(sort, attachment_set)
    await keep_owner(begin, sort, owner)

    async with begin() as tx:
        locked = await tx.repository(sort.repository).lock(owner.id)
        assert locked == owner
        await tx.repository(sort.repository).remove(locked)
        await tx.repository(AttachmentSets).remove(attachment_set)
        await tx.commit()

    async with begin() as tx:
        assert await tx.repository(sort.repository).lock(owner.id) is None
    assert await found(begin, attachment_set.id) is None
