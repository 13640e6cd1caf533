from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import BigInteger, Text, bindparam, func, select

from adapters.postgres.attachments import attachment_from_row, attachments
from adapters.postgres.blobs import blob_from_row, blobs
from adapters.postgres.media import media, media_from_row
from adapters.postgres.schema import ID
from adapters.postgres.statements import Statement, compiled
from adapters.postgres.transaction import Transaction
from application.ports.census import Census, CountedBlob, CountedMedia
from domain.attachments.attachment import Attachment
from domain.ids import AttachmentId, BlobId, MediaId

_LIMIT = bindparam("limit", type_=BigInteger)
# From one name to the next along the index, not over all rows.
_ENTITY_TYPES = Statement(
    "WITH RECURSIVE names AS ((SELECT entity_type FROM media_attachments ORDER BY entity_type LIMIT 1) UNION ALL "
    "SELECT (SELECT entity_type FROM media_attachments AS a WHERE a.entity_type > names.entity_type "
    "ORDER BY entity_type LIMIT 1) FROM names WHERE names.entity_type IS NOT NULL) "
    "SELECT entity_type FROM names WHERE entity_type IS NOT NULL",
    (),
)
_USES_BETWEEN = Statement(
    "SELECT * FROM media_attachments WHERE entity_type = ANY($1::text[]) "
    "AND ($2::uuid IS NULL OR entity_id > $2) AND ($3::uuid IS NULL OR entity_id <= $3)",
    ("entity_types", "after", "upto"),
)
_of_type = (
    select(attachments)
    .where(attachments.c.entity_type == bindparam("entity_type", type_=attachments.c.entity_type.type))
    .order_by(attachments.c.id)
    .limit(_LIMIT)
)
_FIRST_OF_TYPE = compiled(_of_type)
_NEXT_OF_TYPE = compiled(_of_type.where(attachments.c.id > bindparam("after", type_=ID)))
_uses = select(func.count()).where(attachments.c.media_id == media.c.id).scalar_subquery().label("uses")
_media = select(media, _uses).order_by(media.c.id).limit(_LIMIT)
_FIRST_MEDIA = compiled(_media)
_NEXT_MEDIA = compiled(_media.where(media.c.id > bindparam("after", type_=ID)))
_named_by = select(func.count()).where(media.c.blob_id == blobs.c.id).scalar_subquery().label("named_by")
_blobs = select(blobs, _named_by).order_by(blobs.c.key).limit(_LIMIT)
_FIRST_BLOBS = compiled(_blobs)
_NEXT_BLOBS = compiled(_blobs.where(blobs.c.key > bindparam("after", type_=Text)))
_COUNT_HOLDERS = compiled(select(func.count().label("number")).where(media.c.blob_id == bindparam("blob_id", type_=ID)))
_RECOUNT = Statement(
    "UPDATE media SET usage_count = (SELECT count(*) FROM media_attachments WHERE media_id = $1) WHERE id = $1",
    ("media_id",),
)


class PostgresCensus(Census):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def entity_types(self) -> Sequence[str]:
        return [row["entity_type"] for row in await self._transaction.read(_ENTITY_TYPES)]

    async def uses_between(
        self, entity_types: Collection[str], *, after: UUID | None, upto: UUID | None
    ) -> Sequence[Attachment]:
        rows = await self._transaction.read(_USES_BETWEEN, entity_types=list(entity_types), after=after, upto=upto)
        return [attachment_from_row(row) for row in rows]

    async def uses_of_type(self, entity_type: str, *, after: AttachmentId | None, limit: int) -> Sequence[Attachment]:
        statement = _FIRST_OF_TYPE if after is None else _NEXT_OF_TYPE
        rows = await self._transaction.read(statement, entity_type=entity_type, after=after, limit=limit)
        return [attachment_from_row(row) for row in rows]

    async def media_page(self, *, after: MediaId | None, limit: int) -> Sequence[CountedMedia]:
        statement = _FIRST_MEDIA if after is None else _NEXT_MEDIA
        rows = await self._transaction.read(statement, after=after, limit=limit)
        return [CountedMedia(media=media_from_row(row), uses=row["uses"]) for row in rows]

    async def blob_page(self, *, after: str | None, limit: int) -> Sequence[CountedBlob]:
        statement = _FIRST_BLOBS if after is None else _NEXT_BLOBS
        rows = await self._transaction.read(statement, after=after, limit=limit)
        return [CountedBlob(blob=blob_from_row(row), holders=row["named_by"]) for row in rows]

    async def count_holders(self, blob_id: BlobId) -> int:
        row = await self._transaction.read_one(_COUNT_HOLDERS, blob_id=blob_id)
        return row["number"] if row else 0

    async def recount_uses(self, media_id: MediaId) -> None:
        await self._transaction.write(_RECOUNT, media_id=media_id)
