"""Fifty at once on a real database: nothing dangles, nothing is lost, and no tie surfaces."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from random import Random
from typing import Any, TypeVar

import pytest

from application.ads.create_ad import CreateAdCommand
from application.attachments.request_deletion import RequestDeletionCommand
from application.licenses.submit_license import SubmitLicenseCommand
from application.products.change_product import ChangeProductCommand
from application.products.create_product import CreateProductCommand
from application.products.shown_media import ShownMedia
from domain.ads.ad import Creative
from domain.attachments.errors import MediaProtected
from domain.ids import MediaId
from domain.media.errors import MediaNotAttachable
from domain.media.media import GOING, Media, MediaStatus
from domain.principal import Role
from domain.products.gallery import UsageType
from domain.products.product import Product
from tests.application.media.sending import file_of, upload
from tests.application.world import principal
from tests.builders import OWNER
from tests.lifecycle.side import GRACE, Side

FIFTY = 50
BOSS = principal(OWNER, *Role)
T = TypeVar("T")


async def tried(work: Awaitable[T], *refusals: type[Exception]) -> T | Exception:
    """What came of it; only the refusals that are named may."""
    try:
        return await work
    except refusals as refused:
        return refused


async def at_once(*works: Awaitable[Any]) -> list[Any]:
    return list(await asyncio.gather(*works))


def shown(media_ids: Sequence[MediaId]) -> list[ShownMedia]:
    return [ShownMedia(media_id=each, usage_type=UsageType.GALLERY, variant_id=None) for each in media_ids]


def create(side: Side, *media_ids: MediaId) -> Awaitable[Product]:
    return side.create_product(
        CreateProductCommand(principal=BOSS, title="Wine", media=shown(media_ids), coa_media_id=None)
    )


def change(side: Side, product: Product, media_ids: Sequence[MediaId]) -> Awaitable[Product]:
    command = ChangeProductCommand(principal=BOSS, product_id=product.id, media=shown(media_ids))
    return side.change_product(command)


def request_deletion(side: Side, media: Media) -> Awaitable[None]:
    return side.request_deletion(RequestDeletionCommand(principal=BOSS, media_id=media.id))


async def new_media(side: Side, number: int) -> list[Media]:
    return [await upload(side, file_of(name=str(each)), by=BOSS, kind="other") for each in range(number)]


async def status_of(side: Side, media: Media) -> MediaStatus:
    [status] = [each.status for each in await side.library() if each.id == media.id]
    return status


@pytest.mark.parametrize("seed", range(3))
async def test_attaching_protected_and_deleting_fifty_times_at_once(side: Side, seed: int) -> None:
    """Either the attachment exists and the media lives, or the media is going and every attachment was refused."""
    [media] = await new_media(side, 1)

    def submit() -> Awaitable[Any]:
        command = SubmitLicenseCommand(principal=BOSS, number="7", media_id=media.id)
        return tried(side.submit_license(command), MediaNotAttachable)

    def advertise() -> Awaitable[Any]:
        command = CreateAdCommand(principal=BOSS, title="Drink wine", creatives=[Creative(media_id=media.id)])
        return tried(side.create_ad(command), MediaNotAttachable)

    works = [
        tried(request_deletion(side, media), MediaProtected) if number % 2 else (submit, advertise)[number // 2 % 2]()
        for number in range(FIFTY)
    ]
    Random(seed).shuffle(works)
    outcomes = Counter(type(outcome).__name__ for outcome in await at_once(*works))

    ledger = await side.ledger()
    if await status_of(side, media) in GOING:
        assert outcomes == {"MediaNotAttachable": FIFTY // 2, "NoneType": FIFTY // 2}
        assert ledger == []
    else:
        assert outcomes["MediaProtected"] == FIFTY // 2
        assert len(ledger) == outcomes["License"] + outcomes["Ad"] == FIFTY // 2
    await side.visible()


@pytest.mark.parametrize("seed", range(3))
async def test_attaching_and_deleting_fifty_times_at_once_with_workers_between(side: Side, seed: int) -> None:
    """What is not protected gives way: in the end the media is buried, and nobody refers to it."""
    [media, other] = await new_media(side, 2)
    products = [await create(side, other.id) for _ in range(FIFTY // 2)]

    async def delete() -> None:
        await request_deletion(side, media)
        await side.delete_media(media.id)

    works = [tried(change(side, product, [other.id, media.id]), MediaNotAttachable) for product in products]
    works += [tried(create(side, media.id), MediaNotAttachable) for _ in range(FIFTY // 2 - 3)]
    works += [tried(delete()) for _ in range(3)]
    Random(seed).shuffle(works)
    outcomes = Counter(type(outcome).__name__ for outcome in await at_once(*works))

    assert await side.delete_media(media.id) is False, "one of them has done it"
    assert await status_of(side, media) is MediaStatus.DELETED
    assert media.id not in {use.media_id for use in await side.ledger()}
    assert outcomes["Product"] + outcomes["MediaNotAttachable"] == FIFTY - 3
    assert sum(use.media_id == other.id for use in await side.ledger()) == len(products)
    await side.visible()


async def test_overlapping_media_in_opposite_orders_never_end_in_a_tie(side: Side) -> None:
    """No ConcurrentUpdate surfaces, nor any other error; after each round ledger and products agree."""
    ids = [media.id for media in await new_media(side, 6)]
    random = Random(5)
    products = [await create(side, *order) for order in (ids, ids[::-1])]

    for _ in range(25):
        works = []
        for product in products:
            picked = random.sample(ids, k=random.randrange(len(ids) + 1))
            works += [change(side, product, picked), change(side, product, picked[::-1])]
        await at_once(*works)
        await side.visible()


async def test_many_products_that_share_media_change_at_once(side: Side) -> None:
    ids = [media.id for media in await new_media(side, 5)]
    products = [await create(side) for _ in range(10)]

    for seed in range(5):
        random = Random(seed)
        await at_once(
            *(change(side, product, random.sample(ids, k=random.randrange(1, 6))) for product in products for _ in "ab")
        )
        await side.visible()


async def test_the_last_reference_goes_while_the_same_bytes_come(side: Side) -> None:
    """Twenty uploads of the bytes whose only media is being deleted: one blob, twenty media, no byte lost."""
    body = file_of(name="contested")
    first = await upload(side, body, by=BOSS, kind="other")

    async def delete() -> None:
        await request_deletion(side, first)
        await side.delete_media(first.id)

    *uploaded, _ = await at_once(*(upload(side, body, by=BOSS, kind="other") for _ in range(20)), delete())

    async with side.begin() as tx:
        [blob] = await tx.blobs.page(after=None, limit=9)
    assert (blob.holders, blob.condemned_at) == (20, None)
    assert {media.blob_id for media in uploaded} == {blob.id}
    assert side.bucket.objects[blob.key].data == body
    await side.visible()


async def test_the_collector_comes_while_the_same_bytes_come(side: Side) -> None:
    body = file_of(name="contested")
    first = await upload(side, body, by=BOSS, kind="other")
    await request_deletion(side, first)
    await side.delete_media(first.id)
    side.clock.advance(2 * GRACE)

    outcomes = await at_once(
        *(work for _ in range(10) for work in (side.collect_blobs(), upload(side, body, by=BOSS, kind="other")))
    )

    async with side.begin() as tx:
        [blob] = await tx.blobs.page(after=None, limit=9)
    assert (blob.holders, blob.condemned_at) == (10, None)
    assert {outcome.blob_id for outcome in outcomes if isinstance(outcome, Media)} == {blob.id}
    assert side.bucket.objects[blob.key].data == body
    await side.visible()
