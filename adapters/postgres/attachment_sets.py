from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.failures import failure_to_row
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, not_negative, one_of, version_column
from adapters.postgres.statements import compiled, upsert_many
from adapters.postgres.transaction import Record, Transaction
from domain.assets.failure import Failure, FailureCode
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.repository import AttachmentSets, HeldAttachment
from domain.attachment_sets.set_attachment import AttachmentType, FetchStatus, SetAttachment
from domain.ids import AttachmentSetId, MediaId, SetAttachmentId, UserId

attachment_sets = Table(
    "attachment_sets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("store_id", ID, nullable=False),
    # Deferred: a set and its attachments refer to each other, and are written in any order.
    Column(
        "cover_attachment_id",
        ID,
        ForeignKey(
            "set_attachments.id",
            name="fk_attachment_sets_cover_attachment_id",
            ondelete="SET NULL",
            use_alter=True,
            deferrable=True,
            initially="DEFERRED",
        ),
    ),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    version_column(),
)
set_attachments = Table(
    "set_attachments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("attachment_set_id", ID, ForeignKey("attachment_sets.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ID, nullable=False),
    Column("type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("has_own_title", Boolean, nullable=False),
    Column("media_id", ID, ForeignKey("media.id", ondelete="RESTRICT")),
    Column("url", Text),
    Column("filename", Text),
    Column("content_type", Text),
    Column("file_size", BigInteger),
    Column("fetch_status", Text),
    Column("failure_code", Text),
    Column("failure_detail", Text),
    Column("created_at", MOMENT, nullable=False),
    one_of("type", AttachmentType),
    one_of("fetch_status", FetchStatus),
    one_of("failure_code", FailureCode),
    *not_negative("file_size"),
    CheckConstraint("char_length(title) BETWEEN 1 AND 255", name="title"),
    CheckConstraint("char_length(url) BETWEEN 1 AND 2000", name="url"),
    # What has no bytes has an address.
    CheckConstraint("media_id IS NOT NULL OR type = 'URL'", name="media"),
    CheckConstraint("(url IS NULL) = (fetch_status IS NULL) AND (type <> 'URL' OR url IS NOT NULL)", name="address"),
)
_HAS_MEDIA = sql("media_id IS NOT NULL")
Index("ix_attachment_sets_cover", attachment_sets.c.cover_attachment_id)
Index("ix_set_attachments_of_set", set_attachments.c.attachment_set_id, set_attachments.c.created_at)
Index("ix_set_attachments_media", set_attachments.c.media_id, postgresql_where=_HAS_MEDIA)
Index("ix_set_attachments_using", set_attachments.c.id, postgresql_where=_HAS_MEDIA)

_ID = bindparam("set_id", type_=ID)
_LIMIT = bindparam("limit", type_=BigInteger)
_ATTACHMENTS = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.row_to_json(set_attachments.table_valued()), set_attachments.c.created_at, set_attachments.c.id
            )
        )
    )
    .where(set_attachments.c.attachment_set_id == attachment_sets.c.id)
    .scalar_subquery()
    .label("attachments")
)
_FIND = compiled(select(attachment_sets, _ATTACHMENTS).where(attachment_sets.c.id == _ID))
_LOCK = compiled(select(attachment_sets.c.id).where(attachment_sets.c.id == _ID).with_for_update())
_SET_OF = compiled(
    select(set_attachments.c.attachment_set_id).where(set_attachments.c.id == bindparam("attachment_id", type_=ID))
)
_REMOVE = compiled(delete(attachment_sets).where(attachment_sets.c.id == _ID))
_FORGET_OTHERS = compiled(
    delete(set_attachments).where(
        set_attachments.c.attachment_set_id == _ID,
        set_attachments.c.id != func.all(bindparam("kept", type_=ARRAY(ID))),
    )
)
_STORE_ALL = upsert_many(set_attachments, fixed=["attachment_set_id", "user_id", "created_at"])
_using = (
    select(attachment_sets.c.store_id, func.row_to_json(set_attachments.table_valued()).label("attachment"))
    .join_from(set_attachments, attachment_sets, set_attachments.c.attachment_set_id == attachment_sets.c.id)
    .where(set_attachments.c.media_id.is_not(None))
    .order_by(set_attachments.c.id)
    .limit(_LIMIT)
)
_FIRST_USING = compiled(_using)
_NEXT_USING = compiled(_using.where(set_attachments.c.id > bindparam("after", type_=ID)))


class PostgresAttachmentSets(AttachmentSets):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, set_id: AttachmentSetId) -> AttachmentSet | None:
        row = await self._transaction.read_one(_FIND, set_id=set_id)
        return _from_row(row) if row else None

    async def lock(self, set_id: AttachmentSetId) -> AttachmentSet | None:
        # Two statements: one that has waited for a lock would show the new set with its old attachments.
        locked = await self._transaction.write_one(_LOCK, set_id=set_id)
        return await self.find(set_id) if locked else None

    async def set_of(self, attachment_id: SetAttachmentId) -> AttachmentSetId | None:
        row = await self._transaction.read_one(_SET_OF, attachment_id=attachment_id)
        return row["attachment_set_id"] if row else None

    async def save(self, attachment_set: AttachmentSet) -> None:
        is_new = attachment_set.version == 0
        await _WRITER.save(self._transaction, self._outbox, attachment_set)
        if attachment_set.attachments:
            rows = [_attachment_row(attachment_set, each) for each in attachment_set.attachments]
            await self._transaction.store_many(_STORE_ALL, rows, subject=attachment_set)
        if not is_new:
            kept = [each.id for each in attachment_set.attachments]
            await self._transaction.write(_FORGET_OTHERS, set_id=attachment_set.id, kept=kept)

    async def remove(self, attachment_set: AttachmentSet) -> None:
        await self._transaction.write(_REMOVE, set_id=attachment_set.id)

    async def using_media(self, *, after: SetAttachmentId | None, limit: int) -> Sequence[HeldAttachment]:
        statement = _FIRST_USING if after is None else _NEXT_USING
        rows = await self._transaction.read(statement, after=after, limit=limit)
        return [
            HeldAttachment(store_id=row["store_id"], attachment=_ONE.decode(row["attachment"]).attachment())
            for row in rows
        ]


class _AttachmentRow(msgspec.Struct):
    id: SetAttachmentId
    user_id: UserId
    type: AttachmentType
    title: str
    has_own_title: bool
    media_id: MediaId | None
    url: str | None
    filename: str | None
    content_type: str | None
    file_size: int | None
    fetch_status: FetchStatus | None
    failure_code: FailureCode | None
    failure_detail: str | None
    created_at: datetime

    def attachment(self) -> SetAttachment:
        return SetAttachment(
            id=self.id,
            user_id=self.user_id,
            type=self.type,
            title=self.title,
            has_own_title=self.has_own_title,
            media_id=self.media_id,
            url=self.url,
            filename=self.filename,
            content_type=self.content_type,
            size=self.file_size,
            fetch=self.fetch_status,
            failure=Failure(code=self.failure_code, detail=self.failure_detail or "") if self.failure_code else None,
            created_at=self.created_at,
        )


_ONE = msgspec.json.Decoder(_AttachmentRow)
_MANY = msgspec.json.Decoder(list[_AttachmentRow])


def _attachment_row(attachment_set: AttachmentSet, attachment: SetAttachment) -> dict[str, Any]:
    return {
        "id": attachment.id,
        "attachment_set_id": attachment_set.id,
        "user_id": attachment.user_id,
        "type": attachment.type,
        "title": attachment.title,
        "has_own_title": attachment.has_own_title,
        "media_id": attachment.media_id,
        "url": attachment.url,
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "file_size": attachment.size,
        "fetch_status": attachment.fetch,
        **failure_to_row(attachment.failure),
        "created_at": attachment.created_at,
    }


def _to_row(attachment_set: AttachmentSet) -> dict[str, Any]:
    return {
        "id": attachment_set.id,
        "store_id": attachment_set.store_id,
        "cover_attachment_id": attachment_set.cover_id,
        "created_at": attachment_set.created_at,
        "updated_at": attachment_set.updated_at,
    }


def _from_row(row: Record) -> AttachmentSet:
    return AttachmentSet(
        id=row["id"],
        store_id=row["store_id"],
        attachments=tuple(each.attachment() for each in _MANY.decode(row["attachments"])) if row["attachments"] else (),
        cover_id=row["cover_attachment_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


_WRITER = AggregateWriter(attachment_sets, _to_row, fixed=["store_id", "created_at"])
