from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    collate,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.failures import failure_from_row, failure_to_row
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, not_negative, one_of, sha256_of, version_column
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from domain.assets.asset import Asset, AssetStatus, MultipartUpload
from domain.assets.failure import FailureCode
from domain.assets.rendition import MediaFacts, Rendition
from domain.assets.repository import Assets
from domain.batches.media_type import MediaType
from domain.checksum import Checksum
from domain.ids import AssetId, BatchId

assets = Table(
    "listing_media_assets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("batch_id", ID, ForeignKey("listing_media_batches.id"), nullable=False),
    Column("listing_id", ID, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("checksum", LargeBinary, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("title", Text),
    Column("key", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("failure_code", Text),
    Column("failure_detail", Text),
    Column("multipart_upload_id", Text),
    Column("multipart_part_size", BigInteger),
    Column("arrived_at", MOMENT),
    Column("etag", Text),
    Column("crc32", BigInteger),
    Column("facts", JSON),
    Column("renditions", JSON, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    version_column(),
    UniqueConstraint("batch_id", "media_type", "sequence"),
    one_of("media_type", MediaType),
    one_of("status", AssetStatus),
    one_of("failure_code", FailureCode),
    sha256_of("checksum"),
    *not_negative("size", "sequence", "multipart_part_size", "crc32"),
)

_FIND = compiled(select(assets).where(assets.c.id == bindparam("asset_id", type_=ID)))
_OF_BATCH = compiled(
    select(assets)
    .where(assets.c.batch_id == bindparam("batch_id", type_=ID))
    .order_by(collate(assets.c.media_type, "C"), assets.c.sequence)
)
_REMOVE = compiled(delete(assets).where(assets.c.id == func.any(bindparam("asset_ids", type_=ARRAY(ID)))))
# Looking up is ten times as fast as calling the class, and a batch has hundreds of them.
_MEDIA_TYPES = {media_type.value: media_type for media_type in MediaType}
_STATUSES = {status.value: status for status in AssetStatus}
_FACTS = msgspec.json.Decoder(MediaFacts)
_RENDITIONS = msgspec.json.Decoder(tuple[Rendition, ...])
_ENCODER = msgspec.json.Encoder()


class PostgresAssets(Assets):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, asset_id: AssetId) -> Asset | None:
        row = await self._transaction.read_one(_FIND, asset_id=asset_id)
        return _from_row(row) if row else None

    async def of_batch(self, batch_id: BatchId) -> Sequence[Asset]:
        return [_from_row(row) for row in await self._transaction.read(_OF_BATCH, batch_id=batch_id)]

    async def add(self, assets: Sequence[Asset]) -> None:
        await _WRITER.add(self._transaction, self._outbox, assets)

    async def save(self, assets: Sequence[Asset]) -> None:
        await _WRITER.save_all(self._transaction, self._outbox, assets)

    async def remove(self, assets: Sequence[Asset]) -> None:
        if assets:
            await self._transaction.write(_REMOVE, asset_ids=[asset.id for asset in assets])


def _to_row(asset: Asset) -> dict[str, Any]:
    multipart = asset.multipart
    return {
        "id": asset.id,
        "batch_id": asset.batch_id,
        "listing_id": asset.listing_id,
        "client_id": asset.client_id,
        "media_type": asset.media_type,
        "filename": asset.filename,
        "content_type": asset.content_type,
        "size": asset.size,
        "checksum": asset.checksum.digest,
        "sequence": asset.sequence,
        "title": asset.title,
        "key": asset.key,
        "status": asset.status,
        **failure_to_row(asset.failure),
        "multipart_upload_id": multipart and multipart.upload_id,
        "multipart_part_size": multipart and multipart.part_size,
        "arrived_at": asset.arrived_at,
        "etag": asset.etag,
        "crc32": asset.crc32,
        "facts": asset.facts and _ENCODER.encode(asset.facts).decode(),
        "renditions": _ENCODER.encode(asset.renditions).decode(),
        "created_at": asset.created_at,
        "updated_at": asset.updated_at,
    }


def _from_row(row: Record) -> Asset:
    return Asset(
        id=row["id"],
        batch_id=row["batch_id"],
        listing_id=row["listing_id"],
        client_id=row["client_id"],
        media_type=_MEDIA_TYPES[row["media_type"]],
        filename=row["filename"],
        content_type=row["content_type"],
        size=row["size"],
        checksum=Checksum(row["checksum"]),
        sequence=row["sequence"],
        title=row["title"],
        key=row["key"],
        status=_STATUSES[row["status"]],
        failure=failure_from_row(row),
        multipart=_multipart_from_row(row) if row["multipart_upload_id"] else None,
        arrived_at=row["arrived_at"],
        etag=row["etag"],
        crc32=row["crc32"],
        facts=_FACTS.decode(row["facts"]) if row["facts"] else None,
        renditions=_RENDITIONS.decode(row["renditions"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


def _multipart_from_row(row: Record) -> MultipartUpload:
    return MultipartUpload(upload_id=row["multipart_upload_id"], part_size=row["multipart_part_size"])


_WRITER = AggregateWriter(assets, _to_row, fixed=["batch_id", "listing_id", "client_id", "media_type", "created_at"])
