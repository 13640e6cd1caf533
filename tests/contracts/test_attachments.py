"""The ledger: one row a usage, counted with its media, removed once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.attachments.attachment import Attachment
from domain.errors import ConcurrentUpdate
from domain.ids import AttachmentId, MediaId
from domain.media.errors import MediaNotAttachable
from domain.media.media import Media
from tests.builders import IDS, build_attachment, ready_media
from tests.contracts.stored import store


async def _apply(
    begin: UnitOfWorkFactory, *, added: Sequence[Attachment] = (), removed: Sequence[Attachment] = ()
) -> None:
    async with begin() as tx:
        await tx.media.lock_all({attachment.media_id for attachment in (*added, *removed)})
        await tx.attachments.apply(added=added, removed=removed)
        await tx.commit()


async def _stored_media(begin: UnitOfWorkFactory, number: int) -> list[Media]:
    media = [ready_media() for _ in range(number)]
    await store(begin, *media)
    return media


async def _counts(begin: UnitOfWorkFactory, media: Sequence[Media]) -> list[int]:
    """What each media says of itself; the ledger must say the same."""
    async with begin() as tx:
        said = [found.usage_count for each in media if (found := await tx.media.find(each.id))]
        counted = await tx.attachments.count([each.id for each in media])
    assert said == [counted[each.id] for each in media]
    return said


async def _ledger(begin: UnitOfWorkFactory) -> Sequence[Attachment]:
    async with begin() as tx:
        return await tx.attachments.page(after=None, limit=1_000)


async def test_every_field_makes_the_round_trip(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)
    attachment = build_attachment(media)

    await _apply(begin, added=[attachment])

    assert await _ledger(begin) == [attachment]


async def test_usages_are_counted_with_their_media(begin: UnitOfWorkFactory) -> None:
    media = await _stored_media(begin, 3)
    of_first = [build_attachment(media[0]) for _ in range(3)]
    of_second = build_attachment(media[1])

    await _apply(begin, added=[*of_first, of_second])
    assert await _counts(begin, media) == [3, 1, 0]

    await _apply(begin, added=[build_attachment(media[2]), build_attachment(media[0])], removed=[*of_first, of_second])
    assert await _counts(begin, media) == [1, 0, 1]


async def test_what_comes_and_goes_at_once_leaves_the_count_as_it_was(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)
    old, new = build_attachment(media), build_attachment(media)
    await _apply(begin, added=[old])

    await _apply(begin, added=[new], removed=[old])

    assert await _counts(begin, [media]) == [1]
    assert await _ledger(begin) == [new]


async def test_of_a_rollback_neither_rows_nor_counts_stay(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)
    async with begin() as tx:
        await tx.media.lock(media.id)
        await tx.attachments.apply(added=[build_attachment(media)], removed=[])

    assert await _ledger(begin) == []
    assert await _counts(begin, [media]) == [0]


async def test_a_removal_may_be_repeated_and_is_counted_once(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)
    gone, stays = build_attachment(media), build_attachment(media)
    await _apply(begin, added=[gone, stays])

    for _ in range(3):
        await _apply(begin, removed=[gone])
    await _apply(begin, removed=[build_attachment(media)])

    assert await _counts(begin, [media]) == [1]
    assert await _ledger(begin) == [stays]


async def test_of_twenty_removals_at_once_one_is_counted(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)
    gone, stays = build_attachment(media), build_attachment(media)
    await _apply(begin, added=[gone, stays])

    async def remove() -> None:
        async with begin() as tx:
            await tx.attachments.apply(added=[], removed=[gone])
            await tx.commit()

    await asyncio.gather(*(remove() for _ in range(20)))

    assert await _counts(begin, [media]) == [1]


async def test_many_usages_of_one_media_may_come_and_go_at_once(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)

    async def come_and_go(*, stay: bool) -> None:
        attachment = build_attachment(media)
        await _apply(begin, added=[attachment])
        if not stay:
            await _apply(begin, removed=[attachment])

    await asyncio.gather(*(come_and_go(stay=number % 2 == 0) for number in range(20)))

    assert await _counts(begin, [media]) == [10]


async def test_one_media_may_have_many_usages_by_one_entity_in_its_slots(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)
    entity_id = IDS.new()

    await _apply(
        begin,
        added=[
            build_attachment(media, entity_type=slot, entity_id=entity_id) for slot in ("store_logo", "store_banner")
        ],
    )

    assert await _counts(begin, [media]) == [2]


async def test_a_usage_exists_once(begin: UnitOfWorkFactory) -> None:
    [media, other] = await _stored_media(begin, 2)
    attachment = build_attachment(media)
    await _apply(begin, added=[attachment])

    with pytest.raises(ConcurrentUpdate):
        await _apply(begin, added=[build_attachment(other), replace(attachment, id=AttachmentId(IDS.new()))])

    assert await _ledger(begin) == [attachment]
    assert await _counts(begin, [media, other]) == [1, 0]


async def test_of_ten_that_write_one_usage_at_once_one_wins(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)
    entity_id = IDS.new()

    async def attach() -> None:
        async with begin() as tx:
            await tx.attachments.apply(added=[build_attachment(media, entity_id=entity_id)], removed=[])
            await asyncio.sleep(0)
            await tx.commit()

    outcomes = await asyncio.gather(*(attach() for _ in range(10)), return_exceptions=True)

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, ConcurrentUpdate) for outcome in outcomes) == 9
    assert await _counts(begin, [media]) == [1]


async def test_a_media_that_does_not_exist_is_refused_and_nothing_of_it_stays(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)
    missing = ready_media()

    async with begin() as tx:
        with pytest.raises(MediaNotAttachable) as refused:
            await tx.attachments.apply(added=[build_attachment(media), build_attachment(missing)], removed=[])
        with pytest.raises(RuntimeError):
            await tx.commit()

    assert missing.id in refused.value.media_ids
    assert await _ledger(begin) == []
    assert await _counts(begin, [media]) == [0]


async def test_nothing_at_all_may_be_applied(begin: UnitOfWorkFactory) -> None:
    async with begin() as tx:
        await tx.attachments.apply(added=[], removed=[])
        assert await tx.attachments.held_by([]) == []
        assert await tx.attachments.count([]) == {}
        await tx.commit()


async def test_slots_are_asked_for_together_each_for_itself(begin: UnitOfWorkFactory) -> None:
    media = await _stored_media(begin, 2)
    product, store_id = IDS.new(), IDS.new()
    held = [
        build_attachment(media[0], entity_id=product),
        build_attachment(media[1], entity_id=product),
        build_attachment(media[0], entity_type="store_logo", entity_id=store_id),
    ]
    others = [
        build_attachment(media[0], entity_type="product_coa", entity_id=product),
        build_attachment(media[0], entity_type="product_gallery", entity_id=store_id),
    ]
    await _apply(begin, added=[*held, *others])
    slots: list[tuple[str, UUID]] = [("product_gallery", product), ("store_logo", store_id), ("license", product)]

    async with begin() as tx:
        assert await tx.attachments.held_by(slots) == held
        assert await tx.attachments.held_by([*slots, *slots]) == held


async def test_the_usages_of_a_media_come_in_a_fixed_order(begin: UnitOfWorkFactory) -> None:
    """By the bytes of the name, whatever the language of the database; then by entity, then by age."""
    [media, other] = await _stored_media(begin, 2)
    entities = sorted(IDS.new() for _ in range(2))
    names = ["B", "a", "a_b", "ab", "b", "product_coa", "product_gallery", "é"]
    expected = [build_attachment(media, entity_type=name, entity_id=entity) for name in names for entity in entities]
    await _apply(begin, added=[*reversed(expected), build_attachment(other)])

    async with begin() as tx:
        uses = await tx.attachments.of_media(media.id)
        assert uses == expected
        assert all(one.place < another.place for one, another in pairwise(uses))
        assert await tx.attachments.of_media(MediaId(IDS.new())) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_they_are_paged_without_gap_or_repetition(begin: UnitOfWorkFactory, size: int) -> None:
    [media] = await _stored_media(begin, 1)
    await _apply(
        begin, added=[build_attachment(media, entity_type=name) for name in ("ad", "license", "ad", "Ad") for _ in "ab"]
    )

    seen: list[Attachment] = []
    async with begin() as tx:
        while page := await tx.attachments.of_media(media.id, after=seen[-1].place if seen else None, limit=size):
            assert len(page) <= size
            seen += page
        assert seen == await tx.attachments.of_media(media.id)


async def test_a_page_goes_on_behind_a_usage_that_is_gone(begin: UnitOfWorkFactory) -> None:
    [media] = await _stored_media(begin, 1)
    await _apply(begin, added=[build_attachment(media) for _ in range(4)])
    async with begin() as tx:
        first, second, *rest = await tx.attachments.of_media(media.id)

    await _apply(begin, removed=[first, second])

    async with begin() as tx:
        assert await tx.attachments.of_media(media.id, after=second.place) == rest


async def test_the_entity_types_that_use_a_media_are_named_once(begin: UnitOfWorkFactory) -> None:
    [media, other] = await _stored_media(begin, 2)
    names = ["b", "é", "a", "B", "a", "b"]
    await _apply(
        begin,
        added=[
            *(build_attachment(media, entity_type=name) for name in names),
            build_attachment(other, entity_type="c"),
        ],
    )

    async with begin() as tx:
        assert await tx.attachments.entity_types_of(media.id) == ["B", "a", "b", "é"]
        assert await tx.attachments.entity_types_of(MediaId(IDS.new())) == []


async def test_whoever_checks_everything_sees_each_once(begin: UnitOfWorkFactory) -> None:
    media = await _stored_media(begin, 3)
    attachments = [build_attachment(each) for each in media for _ in range(2)]
    await _apply(begin, added=attachments[::-1])

    async with begin() as tx:
        first = await tx.attachments.page(after=None, limit=4)
        second = await tx.attachments.page(after=first[-1].id, limit=4)
        assert await tx.attachments.page(after=second[-1].id, limit=4) == []

    assert [*first, *second] == attachments


async def test_a_usage_that_is_being_written_is_waited_for(begin: UnitOfWorkFactory) -> None:
    """Whoever asks under the media's lock sees every usage there is or will be."""
    [media] = await _stored_media(begin, 1)
    attachment = build_attachment(media)

    async def look() -> Sequence[Attachment]:
        async with begin() as tx:
            await tx.media.lock(media.id)
            return await tx.attachments.of_media(media.id)

    async with begin() as tx:
        await tx.media.lock(media.id)
        await tx.attachments.apply(added=[attachment], removed=[])
        looking = asyncio.create_task(look())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(looking), timeout=0.1)
        assert not looking.done()
        await tx.commit()

    assert await looking == [attachment]
