from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSON

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, not_negative, one_of, version_column
from adapters.postgres.statements import Statement, compiled
from adapters.postgres.transaction import Record, Transaction
from domain.dead_letters.dead_letter import DeadLetter, LetterKind, LetterStatus
from domain.dead_letters.repository import DeadLetters
from domain.dead_letters.stored_message import StoredMessage
from domain.ids import BatchId, DeadLetterId, MediaId

# No foreign keys: a letter outlives what it is about.
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("key", LargeBinary),
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("message_id", Text),
    Column("message_type", Text),
    Column("truncated", Boolean, nullable=False),
    Column("consumer", Text, nullable=False),
    Column("task_id", ID),
    Column("asset_id", ID),
    Column("batch_id", ID),
    Column("job_id", ID),
    Column("listing_id", ID),
    Column("media_id", ID),
    Column("store_id", ID),
    Column("error_code", Text, nullable=False),
    Column("error_detail", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("resolved_at", MOMENT),
    Column("resolved_by", ID),
    version_column(),
    one_of("kind", LetterKind),
    one_of("status", LetterStatus),
    *not_negative("attempts"),
)

# Literals, not parameters: the planner must see that they imply the predicates of the indexes.
IS_OPEN = text("status = 'OPEN'")
_IS_OPEN_TASK = text("status = 'OPEN' AND kind = 'TASK'")
Index("ix_dead_letters_open", dead_letters.c.id, postgresql_where=IS_OPEN)
Index("ix_dead_letters_open_of_batch", dead_letters.c.batch_id, dead_letters.c.id, postgresql_where=_IS_OPEN_TASK)
Index("ix_dead_letters_resolved", dead_letters.c.resolved_at, postgresql_where=text("resolved_at IS NOT NULL"))
Index("ix_dead_letters_open_of_media", dead_letters.c.media_id, dead_letters.c.id, postgresql_where=_IS_OPEN_TASK)
# A message names a media where it called for its deletion.
_IS_MESSAGE = text("kind = 'MESSAGE'")
Index("uq_dead_letters_deletion", dead_letters.c.media_id, unique=True, postgresql_where=_IS_MESSAGE)

_find = select(dead_letters).where(dead_letters.c.id == bindparam("letter_id", type_=ID))
_FIND = compiled(_find)
_LOCK = compiled(_find.with_for_update(key_share=True))
_lock_open = select(dead_letters).where(_IS_OPEN_TASK).order_by(dead_letters.c.id).with_for_update(key_share=True)
_LOCK_OPEN_OF_BATCH = compiled(_lock_open.where(dead_letters.c.batch_id == bindparam("batch_id", type_=ID)))
_OF_MEDIA = dead_letters.c.media_id == bindparam("media_id", type_=ID)
_LOCK_OPEN_OF_MEDIA = compiled(_lock_open.where(_OF_MEDIA))
_LOCK_OF_DELETION = compiled(select(dead_letters).where(_IS_MESSAGE, _OF_MEDIA).with_for_update(key_share=True))
_FORGET_RESOLVED = Statement(
    """
    DELETE FROM dead_letters WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM dead_letters
      WHERE resolved_at < $1 AND NOT (kind = 'MESSAGE' AND media_id IS NOT NULL AND status = 'DISCARDED')
      ORDER BY resolved_at LIMIT $2 FOR UPDATE SKIP LOCKED
    )) RETURNING id
    """,
    ("before", "limit"),
)
_HEADERS = msgspec.json.Decoder(dict[str, str])
_CHANGING = {"error_code", "error_detail", "attempts", "status", "resolved_at", "resolved_by"}


class PostgresDeadLetters(DeadLetters):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def add(self, letter: DeadLetter) -> None:
        await _WRITER.save(self._transaction, self._outbox, letter)

    async def find(self, letter_id: DeadLetterId) -> DeadLetter | None:
        row = await self._transaction.read_one(_FIND, letter_id=letter_id)
        return _from_row(row) if row else None

    async def lock(self, letter_id: DeadLetterId) -> DeadLetter | None:
        row = await self._transaction.write_one(_LOCK, letter_id=letter_id)
        return _from_row(row) if row else None

    async def lock_open_of_batch(self, batch_id: BatchId) -> Sequence[DeadLetter]:
        return [_from_row(row) for row in await self._transaction.write(_LOCK_OPEN_OF_BATCH, batch_id=batch_id)]

    async def lock_open_of_media(self, media_id: MediaId) -> Sequence[DeadLetter]:
        return [_from_row(row) for row in await self._transaction.write(_LOCK_OPEN_OF_MEDIA, media_id=media_id)]

    async def lock_of_deletion(self, media_id: MediaId) -> DeadLetter | None:
        row = await self._transaction.write_one(_LOCK_OF_DELETION, media_id=media_id)
        return _from_row(row) if row else None

    async def save(self, letters: Sequence[DeadLetter]) -> None:
        await _WRITER.save_all(self._transaction, self._outbox, letters)

    async def forget_resolved(self, *, before: datetime, limit: int) -> int:
        return len(await self._transaction.write(_FORGET_RESOLVED, before=before, limit=limit))


def _to_row(letter: DeadLetter) -> dict[str, Any]:
    message = letter.message
    return {
        "id": letter.id,
        "kind": letter.kind,
        "topic": message.topic,
        "place": message.place,
        "key": message.key,
        "headers": msgspec.json.encode(message.headers).decode(),
        "body": message.body,
        "message_id": message.id,
        "message_type": message.type,
        "truncated": message.truncated,
        "consumer": letter.consumer,
        "task_id": letter.task_id,
        "asset_id": letter.asset_id,
        "batch_id": letter.batch_id,
        "job_id": letter.job_id,
        "listing_id": letter.listing_id,
        "media_id": letter.media_id,
        "store_id": letter.store_id,
        "error_code": letter.error_code,
        "error_detail": letter.error_detail,
        "attempts": letter.attempts,
        "status": letter.status,
        "created_at": letter.created_at,
        "resolved_at": letter.resolved_at,
        "resolved_by": letter.resolved_by,
    }


def _from_row(row: Record) -> DeadLetter:
    return DeadLetter(
        id=row["id"],
        kind=LetterKind(row["kind"]),
        message=StoredMessage(
            topic=row["topic"],
            place=row["place"],
            key=row["key"],
            headers=_HEADERS.decode(row["headers"]),
            body=row["body"],
            id=row["message_id"],
            type=row["message_type"],
            truncated=row["truncated"],
        ),
        consumer=row["consumer"],
        task_id=row["task_id"],
        asset_id=row["asset_id"],
        batch_id=row["batch_id"],
        job_id=row["job_id"],
        listing_id=row["listing_id"],
        media_id=row["media_id"],
        store_id=row["store_id"],
        error_code=row["error_code"],
        error_detail=row["error_detail"],
        attempts=row["attempts"],
        status=LetterStatus(row["status"]),
        created_at=row["created_at"],
        resolved_at=row["resolved_at"],
        resolved_by=row["resolved_by"],
        version=row["version"],
    )


_WRITER = AggregateWriter(
    dead_letters,
    _to_row,
    fixed=[name for name in dead_letters.c.keys() if name not in _CHANGING],  # noqa: SIM118 - a collection of columns
)
