from datetime import datetime

from sqlalchemy import Column, Table, Text, bindparam
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.schema import MOMENT, metadata
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Transaction
from application.ports.messaging import ProcessedMessages

processed_messages = Table(
    "processed_messages",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("message_id", Text, primary_key=True),
    Column("processed_at", MOMENT, nullable=False),
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


class PostgresProcessedMessages(ProcessedMessages):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def first_time(self, consumer: str, message_id: str, *, now: datetime) -> bool:
        return bool(await self._transaction.write(_NOTE, consumer=consumer, message_id=message_id, now=now))
