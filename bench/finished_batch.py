"""A READY batch of photos, as the pipeline would leave it; no bytes lie behind it."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from bench.marketplace import Marketplace
from domain.assets.asset import Asset, AssetStatus
from domain.assets.rendition import IMAGE_WIDTHS, MediaFacts, Rendition
from domain.batches.batch import Archive, Batch, BatchStatus
from domain.batches.media_type import MediaType
from domain.batches.object_keys import archive_key, original_key, rendition_key
from domain.checksum import Checksum
from domain.ids import AssetId, BatchId, ListingId

_FENCE = "1-1"
_CHECKSUM = Checksum(hashlib.sha256(b"").digest())
_FACTS = MediaFacts(
    width=4032, height=3024, codec="jpeg", thumbhash="1QcSHQRnh493V4dIh4eXh1h4kJUI", dominant_color="#a0b0c0"
)


async def finished_batch(marketplace: Marketplace, listing_id: ListingId, *, files: int) -> BatchId:
    now = datetime.now(UTC)
    batch = Batch(
        id=BatchId(uuid4()),
        listing_id=listing_id,
        store_id=marketplace.principal.store_id,
        reference="finished",
        manifest_digest=_CHECKSUM.digest,
        status=BatchStatus.READY,
        carries_photos=True,
        file_count=files,
        total_bytes=files * 4_000_000,
        jobs=1,
        created_by=marketplace.principal.user_id,
        created_at=now,
        expires_at=now + timedelta(days=1),
        received_at=now,
        settled_at=now,
    )
    batch.archive = Archive(key=archive_key(listing_id, batch.id, _FENCE), size=1, extracted_size=1, checksum=_CHECKSUM)
    async with marketplace.begin() as tx:
        await tx.batches.save(batch)
        await tx.assets.add([_asset(batch, number, now) for number in range(1, files + 1)])
        await tx.commit()
    return batch.id


def _asset(batch: Batch, number: int, now: datetime) -> Asset:
    asset_id = AssetId(uuid4())
    media_type, filename = MediaType.PHOTO_HORIZONTAL, f"DSC_{number:04d}.jpg"
    return Asset(
        id=asset_id,
        batch_id=batch.id,
        listing_id=batch.listing_id,
        client_id=f"file-{number}",
        media_type=media_type,
        filename=filename,
        content_type="image/jpeg",
        size=4_000_000,
        checksum=_CHECKSUM,
        sequence=number,
        title=f"Room {number}",
        key=original_key(batch.listing_id, media_type, batch.id, asset_id, filename),
        status=AssetStatus.PROCESSED,
        etag=_CHECKSUM.hex[:32],
        crc32=number,
        facts=_FACTS,
        renditions=tuple(
            Rendition(
                name=name,
                key=rendition_key(
                    batch.listing_id, media_type, name, asset_id, attempt=_FENCE, content_type="image/jpeg"
                ),
                content_type="image/jpeg",
                size=width * 100,
                checksum=_CHECKSUM,
                width=width,
                height=width * 3 // 4,
            )
            for name, width in IMAGE_WIDTHS.items()
        ),
        created_at=now,
        updated_at=now,
    )
