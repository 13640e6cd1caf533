"""A deleted batch is hidden everywhere, and kept in history."""

from http import HTTPStatus
from uuid import UUID

from tests.system.answers import accepted, refused
from tests.system.backstage import Backstage
from tests.system.delivery import announced, processed
from tests.system.files import photos, video
from tests.system.marketplace import Marketplace


async def test_it_is_hidden_everywhere_and_kept(marketplace: Marketplace, backstage: Backstage) -> None:
    delivery = await processed(marketplace, [video()])
    listing_id, batch_id, caller = delivery.listing_id, delivery.batch_id, delivery.caller
    hls = (await delivery.downloads())["VIDEO_HORIZONTAL"]["items"][0]["hls"]

    accepted(await caller.delete(batch_id), HTTPStatus.NO_CONTENT)

    for answer in (
        await caller.status(listing_id, batch_id),
        await caller.downloads(listing_id, batch_id),
        await caller.fresh_urls(listing_id, batch_id),
        await caller.complete(listing_id, batch_id, delivery.claims),
        await caller.retry(listing_id, batch_id),
        await caller.delete(batch_id),
        await caller.delete_asset(batch_id, delivery.asset_id("video")),
    ):
        refused(answer, HTTPStatus.NOT_FOUND, "BATCH_NOT_FOUND")
    accepted(await caller.downloads(listing_id), HTTPStatus.NO_CONTENT)
    assert accepted(await caller.batches(listing_id))["batches"] == []
    assert (await delivery.web.get(hls)).status_code == HTTPStatus.NOT_FOUND, "players too"
    assert await backstage.is_kept(UUID(batch_id))


async def test_its_reference_is_free_again(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing()
    first = await announced(marketplace, photos(1), listing_id=listing_id, reference="shoot")

    accepted(await first.caller.delete(first.batch_id), HTTPStatus.NO_CONTENT)

    second = await announced(marketplace, photos(2), listing_id=listing_id, reference="shoot")
    assert second.batch_id != first.batch_id


async def test_batches_are_listed_newest_first_page_by_page(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing()
    made = [(await announced(marketplace, photos(1), listing_id=listing_id)).batch_id for _ in range(3)]
    caller = marketplace.photographer.caller

    first = accepted(await caller.batches(listing_id, limit="2"))
    second = accepted(await caller.batches(listing_id, limit="2", cursor=first["nextCursor"]))

    assert [batch["batchId"] for batch in [*first["batches"], *second["batches"]]] == made[::-1]
    assert second["nextCursor"] is None
