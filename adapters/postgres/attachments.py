from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, UniqueConstraint, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from adapters.postgres.schema import ID, MOMENT, metadata
from adapters.postgres.statements import Statement, compiled, insert_many
from adapters.postgres.transaction import Record, Transaction
from domain.attachments.attachment import Attachment, Place
from domain.attachments.repository import Attachments
from domain.ids import AttachmentId, MediaId

# One immutable row a usage; the rules are told beside `Attachment`.
attachments = Table(
    "media_attachments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("media_id", ID, ForeignKey("media.id", ondelete="RESTRICT"), nullable=False),
    # A controlled vocabulary in code (`EntityTypes`), not in the database.
    Column("entity_type", Text, nullable=False),
    Column("entity_id", ID, nullable=False),
    Column("store_id", ID, nullable=False),
    Column("storage_key", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    UniqueConstraint("entity_type", "entity_id", "media_id"),
)
Index("ix_media_attachments_entity", attachments.c.entity_type, attachments.c.entity_id)
Index("ix_media_attachments_media", attachments.c.media_id)

_LIMIT = bindparam("limit", type_=BigInteger)
_NO_LIMIT = 2**62
_PLACE = (attachments.c.entity_type.collate("C"), attachments.c.entity_id, attachments.c.id)
_HELD_BY = Statement(
    "SELECT a.* FROM unnest($1::text[], $2::uuid[]) AS slot (entity_type, entity_id) "
    "JOIN media_attachments AS a USING (entity_type, entity_id) ORDER BY a.id",
    ("entity_types", "entity_ids"),
)
_of_media = (
    select(attachments).where(attachments.c.media_id == bindparam("media_id", type_=ID)).order_by(*_PLACE).limit(_LIMIT)
)
_OF_MEDIA = compiled(_of_media)
_OF_MEDIA_BEHIND = Statement(
    "SELECT * FROM media_attachments WHERE media_id = $1 "
    'AND (entity_type COLLATE "C", entity_id, id) > ($2::text COLLATE "C", $3::uuid, $4::uuid) '
    'ORDER BY entity_type COLLATE "C", entity_id, id LIMIT $5',
    ("media_id", "entity_type", "entity_id", "id", "limit"),
)
_ENTITY_TYPES_OF = Statement(
    'SELECT DISTINCT entity_type COLLATE "C" AS entity_type FROM media_attachments WHERE media_id = $1 ORDER BY 1',
    ("media_id",),
)
_insert = insert_many(attachments)
_APPLY = Statement(
    f"WITH came AS ({_insert.text} RETURNING media_id), "  # noqa: S608 - names come from our own tables
    f"went AS (DELETE FROM media_attachments WHERE id = ANY(${len(_insert.names) + 1}::uuid[]) RETURNING media_id), "
    "moved AS (SELECT media_id, sum(step) AS step FROM (SELECT media_id, 1 AS step FROM came "
    "UNION ALL SELECT media_id, -1 FROM went) AS steps GROUP BY media_id) "
    "UPDATE media SET usage_count = usage_count + moved.step FROM moved WHERE media.id = moved.media_id",
    (*_insert.names, "gone"),
)
_COUNT = compiled(
    select(attachments.c.media_id, func.count().label("number"))
    .where(attachments.c.media_id == func.any(bindparam("media_ids", type_=ARRAY(ID))))
    .group_by(attachments.c.media_id)
)
_all = select(attachments).order_by(attachments.c.id).limit(_LIMIT)
_FIRST_PAGE = compiled(_all)
_NEXT_PAGE = compiled(_all.where(attachments.c.id > bindparam("after", type_=ID)))


class PostgresAttachments(Attachments):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def held_by(self, slots: Collection[tuple[str, UUID]]) -> Sequence[Attachment]:
        asked = list(dict.fromkeys(slots))
        entity_types, entity_ids = [slot[0] for slot in asked], [slot[1] for slot in asked]
        rows = await self._transaction.read(_HELD_BY, entity_types=entity_types, entity_ids=entity_ids)
        return [attachment_from_row(row) for row in rows]

    async def of_media(
        self, media_id: MediaId, *, after: Place | None = None, limit: int | None = None
    ) -> Sequence[Attachment]:
        at_most = _NO_LIMIT if limit is None else limit
        if after is None:
            rows = await self._transaction.read(_OF_MEDIA, media_id=media_id, limit=at_most)
        else:
            entity_type, entity_id, attachment_id = after
            rows = await self._transaction.read(
                _OF_MEDIA_BEHIND,
                media_id=media_id,
                entity_type=entity_type,
                entity_id=entity_id,
                id=attachment_id,
                limit=at_most,
            )
        return [attachment_from_row(row) for row in rows]

    async def entity_types_of(self, media_id: MediaId) -> Sequence[str]:
        return [row["entity_type"] for row in await self._transaction.read(_ENTITY_TYPES_OF, media_id=media_id)]

    async def apply(self, *, added: Sequence[Attachment], removed: Sequence[Attachment]) -> None:
        if not added and not removed:
            return
        columns = {name: [getattr(attachment, name) for attachment in added] for name in _insert.names}
        gone = [attachment.id for attachment in removed]
        await self._transaction.store(_APPLY, {**columns, "gone": gone}, subject=added)

    async def count(self, media_ids: Collection[MediaId]) -> dict[MediaId, int]:
        rows = await self._transaction.read(_COUNT, media_ids=list(media_ids))
        return {**dict.fromkeys(media_ids, 0), **{row["media_id"]: row["number"] for row in rows}}

    async def page(self, *, after: AttachmentId | None, limit: int) -> Sequence[Attachment]:
        statement = _FIRST_PAGE if after is None else _NEXT_PAGE
        return [attachment_from_row(row) for row in await self._transaction.read(statement, after=after, limit=limit)]


def attachment_from_row(row: Record) -> Attachment:
    return Attachment(
        id=row["id"],
        media_id=row["media_id"],
        entity_type=row["entity_type"],
        entity_id=row["entity_id"],
        store_id=row["store_id"],
        storage_key=row["storage_key"],
        created_at=row["created_at"],
    )
