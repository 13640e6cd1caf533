import random

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.assets.rendition import MediaFacts, Rendition, RenditionName
from domain.batches.errors import BatchNotFound
from domain.batches.media_type import MediaType
from domain.errors import ConcurrentUpdate
from tests.builders import build_asset, build_batch, processed_asset
from tests.contracts.stored import read, store, stored_batch


async def test_the_assets_of_a_batch_come_by_type_and_sequence(begin: UnitOfWorkFactory) -> None:
    batch, other = await stored_batch(begin), await stored_batch(begin)
    assets = [build_asset(batch, media_type=kind, sequence=number) for kind in MediaType for number in (1, 2, 10)]
    random.Random(7).shuffle(assets)
    async with begin() as tx:
        await tx.assets.add([*assets, build_asset(other)])
        await tx.commit()

    async with begin() as tx:
        found = await tx.assets.of_batch(batch.id)

    assert found == sorted(assets, key=lambda asset: (asset.media_type, asset.sequence))


async def test_many_are_updated_each_with_its_own_values(begin: UnitOfWorkFactory) -> None:
    batch = await stored_batch(begin)
    assets = [processed_asset(batch, sequence=number) for number in range(1, 61)]
    async with begin() as tx:
        await tx.assets.add(assets)
        for asset in assets:
            asset.title = f"room {asset.sequence}"
            asset.etag = None if asset.sequence % 2 else f"etag-{asset.sequence}"
        await tx.assets.save(assets)
        await tx.commit()

    async with begin() as tx:
        assert await tx.assets.of_batch(batch.id) == assets


async def test_facts_and_renditions_may_be_as_bare_as_they_come(begin: UnitOfWorkFactory) -> None:
    asset = build_asset(await stored_batch(begin))
    asset.facts = MediaFacts()
    asset.renditions = (
        Rendition(name=RenditionName.HLS, key="k", content_type="application/x", size=0, checksum=None),
    )
    await store(begin, asset)

    assert await read(begin, asset) == asset


async def test_removed_assets_are_gone_and_may_be_removed_again(begin: UnitOfWorkFactory) -> None:
    batch = await stored_batch(begin)
    kept, dropped = build_asset(batch, sequence=1), build_asset(batch, sequence=2)
    await store(begin, kept, dropped)

    async with begin() as tx:
        await tx.assets.remove([dropped])
        await tx.assets.remove([dropped, build_asset(batch)])
        await tx.commit()

    assert await read(begin, dropped) is None
    assert await read(begin, kept) == kept
    with pytest.raises(ConcurrentUpdate):
        await store(begin, dropped)


async def test_an_asset_that_was_never_added_is_not_updated(begin: UnitOfWorkFactory) -> None:
    batch = await stored_batch(begin)
    async with begin() as tx:
        with pytest.raises(ConcurrentUpdate):
            await tx.assets.save([build_asset(batch)])


async def test_an_asset_needs_its_batch(begin: UnitOfWorkFactory) -> None:
    with pytest.raises(BatchNotFound):
        await store(begin, build_asset(build_batch()))
