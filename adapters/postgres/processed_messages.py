from datetime import datetime

from sqlalchemy import Column, Index, Table, Text, bindparam
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.schema import MOMENT, metadata
from adapters.postgres.statements import Statement, compiled
from adapters.postgres.transaction import Transaction
from application.ports.messaging import ProcessedMessages

processed_messages = Table(
    "processed_messages",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("message_id", Text, primary_key=True),
    Column("processed_at", MOMENT, nullable=False),
    Index("ix_processed_messages_processed_at", "processed_at"),
)

# While another transaction is noting the same message, this waits for its end.
_NOTE = compiled(
    insert(processed_messages)
    .values(
        consumer=bindparam("consumer", type_=Text),
        message_id=bindparam("message_id", type_=Text),
        processed_at=bindparam("now", type_=MOMENT),
    )
    .on_conflict_do_nothing()
    .returning(processed_messages.c.message_id)
)
# By place in the table: what a transaction has locked does not move, and the key is two texts wide.
_FORGET = Statement(
    """
    DELETE FROM processed_messages WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM processed_messages WHERE processed_at < $1 ORDER BY processed_at LIMIT $2
      FOR UPDATE SKIP LOCKED
    )) RETURNING consumer
    """,
    ("before", "limit"),
)


class PostgresProcessedMessages(ProcessedMessages):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def first_time(self, consumer: str, message_id: str, *, now: datetime) -> bool:
        return bool(await self._transaction.write(_NOTE, consumer=consumer, message_id=message_id, now=now))

    async def forget(self, *, before: datetime, limit: int) -> int:
        return len(await self._transaction.write(_FORGET, before=before, limit=limit))
