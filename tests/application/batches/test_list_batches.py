"""Pages of a listing's batches, newest first, each exactly once."""

import pytest

from application.batches.list_batches import ListBatchesQuery
from domain.errors import NotPermitted
from domain.ids import BatchId
from domain.principal import Role
from tests.application.uploads import photos
from tests.application.world import OWNER_PRINCIPAL, World, principal
from tests.builders import PHOTOGRAPHER, build_listing


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
async def test_pages_go_from_the_newest_to_the_oldest(world: World, limit: int) -> None:
    await world.open_listing()
    other = await world.open_listing(build_listing())
    await world.announce(photos("one"), listing_id=other.id)
    opened = [(await world.announce(photos("one"), reference=f"shoot {n}")).batch.id for n in range(5)]

    seen: list[BatchId] = []
    before = None
    while True:
        page = await world.list_batches(
            ListBatchesQuery(principal=OWNER_PRINCIPAL, listing_id=world.listing.id, before=before, limit=limit)
        )
        assert len(page.batches) <= limit
        seen += [batch.id for batch in page.batches]
        before = page.next_before
        if before is None:
            break
    assert seen == opened[::-1]


async def test_it_is_for_those_who_may_look(world: World) -> None:
    await world.open_listing()
    with pytest.raises(NotPermitted):
        await world.list_batches(
            ListBatchesQuery(
                principal=principal(PHOTOGRAPHER, Role.SERVICE), listing_id=world.listing.id, before=None, limit=5
            )
        )
