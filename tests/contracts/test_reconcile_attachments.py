"""The one way in which usages are written (PF-131), over every database alike."""

from datetime import timedelta

import pytest

from application.unit_of_work import NoTransaction, UnitOfWorkFactory
from domain.attachments.errors import UnknownEntityType
from domain.ids import MediaId, StoreId
from domain.media.errors import MediaNotAttachable
from domain.media.kind import WEB_IMAGES
from domain.media.media import MediaStatus
from domain.media.suitability import NewUse
from tests.builders import IDS, NOW, STORE, build_attachment, build_media
from tests.contracts.stored import read, store
from tests.ledger import Ledger

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ledger(begin: UnitOfWorkFactory) -> Ledger:
    return Ledger(begin)


async def test_media_that_came_get_a_row_each(ledger: Ledger) -> None:
    media = await ledger.media(2)

    await ledger(ledger.change([], media))

    rows = await ledger.rows()
    assert [(row.media_id, row.entity_type, row.entity_id) for row in rows] == [
        (each.id, "product_gallery", ledger.product) for each in media
    ]
    assert {(row.store_id, row.created_at) for row in rows} == {(STORE, NOW)}
    assert [row.storage_key for row in rows] == [each.storage_key for each in media]
    assert [await ledger.count(each) for each in media] == [1, 1]


async def test_media_that_went_lose_their_row(ledger: Ledger) -> None:
    media = await ledger.media(3)
    await ledger(ledger.change([], media))

    await ledger(ledger.change(media, media[1:2]))

    assert [row.media_id for row in await ledger.rows()] == [media[1].id]
    assert [await ledger.count(each) for each in media] == [0, 1, 0]


async def test_of_old_and_new_only_the_difference_is_written_and_rows_that_stay_are_not_touched(
    ledger: Ledger,
) -> None:
    first, second, third = await ledger.media(3)
    await ledger(ledger.change([], [first, second]))
    [_, stays] = await ledger.rows()
    ledger.clock.advance(timedelta(hours=1))

    await ledger(ledger.change([first, second], [third, second]))

    rows = await ledger.rows()
    assert rows[0] == stays, "same id, same time"
    assert [(row.media_id, row.created_at) for row in rows] == [(second.id, NOW), (third.id, LATER)]


@pytest.mark.parametrize("turned", [False, True])
async def test_what_is_unchanged_is_not_written(ledger: Ledger, turned: bool) -> None:
    media = await ledger.media(3)
    await ledger(ledger.change([], media))
    rows, stored = await ledger.rows(), [await read(ledger.begin, each) for each in media]
    ledger.clock.advance(timedelta(hours=1))

    # Nobody waits for media that somebody else has locked, either.
    async with ledger.begin() as other:
        await other.media.lock_all([each.id for each in media])
        await ledger(ledger.change(media, media[::-1] if turned else media))

    assert await ledger.rows() == rows
    assert [await read(ledger.begin, each) for each in media] == stored


async def test_a_media_named_twice_is_one_usage(ledger: Ledger) -> None:
    first, second = await ledger.media(2)

    await ledger(ledger.change([], [first, second, first, first]))
    await ledger(ledger.change([first, second, first], [second, second]))

    assert [row.media_id for row in await ledger.rows()] == [second.id]
    assert (await ledger.count(first), await ledger.count(second)) == (0, 1)


async def test_slots_of_one_entity_are_apart_and_go_into_one_call(ledger: Ledger) -> None:
    first, second = await ledger.media(2)
    gallery = ledger.change([], [first, second])
    certificate = ledger.change([], [first], entity_type="product_coa")

    await ledger(gallery, certificate)
    assert (await ledger.count(first), await ledger.count(second)) == (2, 1)

    await ledger(ledger.change([first, second], [second]), ledger.change([first], [first], entity_type="product_coa"))
    assert [(row.entity_type, row.media_id) for row in await ledger.rows()] == [
        ("product_gallery", second.id),
        ("product_coa", first.id),
    ]


async def test_a_slot_changes_once_in_a_call(ledger: Ledger) -> None:
    [media] = await ledger.media(1)
    with pytest.raises(AssertionError):
        await ledger(ledger.change([], [media]), ledger.change([], [media]))


async def test_a_media_may_be_used_by_many_entities(ledger: Ledger) -> None:
    [media] = await ledger.media(1)
    products = [IDS.new() for _ in range(5)]

    for product in products:
        await ledger(ledger.change([], [media], entity_id=product))

    assert [row.entity_id for row in await ledger.rows()] == products
    assert await ledger.count(media) == 5


async def test_from_nothing_to_nothing_nothing_happens(ledger: Ledger) -> None:
    await ledger(ledger.change([], []))
    await ledger()

    assert await ledger.rows() == []


async def test_a_transaction_must_be_open(ledger: Ledger) -> None:
    [media] = await ledger.media(1)
    change = ledger.change([], [media])
    async with ledger.begin() as tx:
        await tx.commit()
        with pytest.raises(NoTransaction):
            await ledger.reconcile(tx, change)
    with pytest.raises(NoTransaction):
        await ledger.reconcile(tx, change)

    assert await ledger.rows() == []


async def test_it_is_the_callers_transaction_that_decides(ledger: Ledger) -> None:
    [media] = await ledger.media(1)
    async with ledger.begin() as tx:
        await ledger.reconcile(tx, ledger.change([], [media]))
        [row] = await tx.attachments.held_by([("product_gallery", ledger.product)])
        assert row.media_id == media.id

    assert await ledger.rows() == []
    assert await ledger.count(media) == 0


async def test_media_of_another_store_are_refused(ledger: Ledger) -> None:
    [ours] = await ledger.media(1)
    [theirs] = await ledger.media(1, store_id=StoreId(IDS.new()))

    with pytest.raises(MediaNotAttachable) as refused:
        await ledger(ledger.change([], [ours, theirs]))

    assert refused.value.media_ids == (theirs.id,)
    assert refused.value.violations == MediaNotAttachable.unknown(theirs.id).violations
    assert await ledger.rows() == []
    assert await ledger.count(ours) == 0


@pytest.mark.parametrize("status", MediaStatus)
async def test_only_media_that_have_arrived_and_may_stay_are_taken(ledger: Ledger, status: MediaStatus) -> None:
    [media] = await ledger.media(1, status=status)
    if status in {MediaStatus.UPLOADED, MediaStatus.READY}:
        await ledger(ledger.change([], [media]))
        assert await ledger.count(media) == 1
        return
    with pytest.raises(MediaNotAttachable) as refused:
        await ledger(ledger.change([], [media]))
    assert [violation.code for violation in refused.value.violations] == [media.obstacle]
    assert await ledger.rows() == []


async def test_quarantined_and_unknown_media_are_refused_and_all_of_them_named(ledger: Ledger) -> None:
    unknown, [ours], [quarantined] = build_media(), await ledger.media(1), await ledger.media(1, quarantined_at=NOW)

    with pytest.raises(MediaNotAttachable) as refused:
        await ledger(
            ledger.change([], [unknown, ours, quarantined]),
            ledger.change([], [quarantined], entity_type="product_coa"),
        )

    assert refused.value.media_ids == (unknown.id, quarantined.id)
    assert [violation.code for violation in refused.value.violations] == ["MEDIA_NOT_FOUND", "MEDIA_QUARANTINED"]


async def test_each_is_told_where_the_request_first_names_it(ledger: Ledger) -> None:
    [first, second] = [build_media(), build_media()]
    places = [("/a", first), ("/b", second), ("/c", first)]

    with pytest.raises(MediaNotAttachable) as refused:
        async with ledger.begin() as tx:
            await ledger.reconcile(
                tx,
                ledger.change([], [first, second]),
                uses=[NewUse(at, media.id, WEB_IMAGES) for at, media in places],
            )

    assert [violation.pointer for violation in refused.value.violations] == ["/a", "/b"]


@pytest.mark.parametrize("status", [MediaStatus.FAILED, MediaStatus.DELETE_REQUESTED, MediaStatus.DELETE_FAILED])
async def test_what_can_no_longer_be_taken_can_stay_and_be_let_go(ledger: Ledger, status: MediaStatus) -> None:
    stays, goes = await ledger.media(2)
    await ledger(ledger.change([], [stays, goes]))
    for media in (stays, goes):
        media.status = status
    await store(ledger.begin, stays, goes)

    await ledger(ledger.change([stays, goes], [stays]))

    assert [row.media_id for row in await ledger.rows()] == [stays.id]
    assert await ledger.count(goes) == 0


@pytest.mark.parametrize("media_ids", [[], [MediaId(IDS.new())]])
async def test_an_entity_type_that_nobody_has_registered_is_refused_loudly(
    ledger: Ledger, media_ids: list[MediaId]
) -> None:
    change = ledger.change([], [], entity_type="prodcut_gallery", new_media_ids=media_ids)
    with pytest.raises(UnknownEntityType) as refused:
        await ledger(change)

    assert refused.value.name == "prodcut_gallery"


async def test_where_the_ledger_has_drifted_it_is_put_right_and_said(ledger: Ledger) -> None:
    """A row that the entity does not know, and one that it believes to be there."""
    stray, believed, wanted = await ledger.media(3)
    async with ledger.begin() as tx:
        await tx.attachments.apply(added=[build_attachment(stray, entity_id=ledger.product)], removed=[])
        await tx.commit()

    await ledger(ledger.change([believed], [believed, wanted]))

    assert {row.media_id for row in await ledger.rows()} == {believed.id, wanted.id}
    assert [await ledger.count(media) for media in (stray, believed, wanted)] == [0, 1, 1]
    assert ledger.log.events == ["attachments.drift"]

    await ledger(ledger.change([believed, wanted], [believed, wanted]))
    assert ledger.log.events == ["attachments.drift"]


async def test_what_others_use_is_never_touched(ledger: Ledger) -> None:
    first, second = await ledger.media(2)
    await ledger(ledger.change([], [first], entity_id=IDS.new()))
    await ledger(ledger.change([], [first], entity_type="license"))
    others = await ledger.rows()

    await ledger(ledger.change([], [first, second]))
    await ledger(ledger.change([first, second], []))

    assert await ledger.rows() == others
    assert (await ledger.count(first), await ledger.count(second)) == (2, 0)
