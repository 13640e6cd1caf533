"""Rows outlive the code that wrote them: how they look is pinned here."""

import json

import asyncpg

from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import Rendition, RenditionName
from domain.checksum import Checksum
from tests.builders import PHOTO_FACTS, build_asset, build_batch, build_listing


async def test_facts_and_renditions_are_json_in_this_spelling(
    begin: PostgresUnitOfWorkFactory, bystander: asyncpg.Connection
) -> None:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    rendition = Rendition(
        name=RenditionName.MP4_720P, key="k", content_type="video/mp4", size=5, checksum=Checksum(bytes(32)), width=720
    )
    asset = build_asset(batch, facts=PHOTO_FACTS, renditions=(rendition,))
    async with begin() as tx:
        await tx.listings.save(listing)
        await tx.batches.save(batch)
        await tx.assets.add([asset])
        await tx.commit()

    row = await bystander.fetchrow("SELECT facts, renditions FROM listing_media_assets")

    assert row is not None
    assert json.loads(row["facts"]) == {
        "width": 4000,
        "height": 3000,
        "duration_seconds": None,
        "codec": None,
        "pages": None,
        "thumbhash": "3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
        "dominant_color": "#aabbcc",
    }
    assert json.loads(row["renditions"]) == [
        {
            "name": "mp4-720p",
            "key": "k",
            "content_type": "video/mp4",
            "size": 5,
            "checksum": {"digest": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
            "width": 720,
            "height": None,
        }
    ]


async def test_what_a_text_column_does_not_take_is_left_out_of_a_failure(begin: PostgresUnitOfWorkFactory) -> None:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    failure = Failure(code=FailureCode.UNREADABLE_MEDIA, detail="bad chunk 'a\0b\udcff'")
    asset = build_asset(batch, failure=failure)
    async with begin() as tx:
        await tx.listings.save(listing)
        await tx.batches.save(batch)
        await tx.assets.add([asset])
        stored = await tx.assets.find(asset.id)

    assert stored is not None
    assert stored.failure == Failure(code=FailureCode.UNREADABLE_MEDIA, detail="bad chunk 'ab?'")
