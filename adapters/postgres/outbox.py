from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Text, and_, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

from adapters.postgres.outbox_table import outbox
from adapters.postgres.schema import MOMENT
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from application.ports.messaging import Message, OutboxEntry, OutboxQueue

_NOW = bindparam("now", type_=MOMENT)
_LIMIT = bindparam("limit", type_=BIGINT)
_POSITIONS = bindparam("positions", type_=ARRAY(BIGINT))

_IS_DUE = and_(outbox.c.published_at.is_(None), outbox.c.available_at <= _NOW)
# The head of the queue holds, for each key in it, the oldest entry there is. It is looked at without locks, so that
# what another relay has locked is seen and holds up what comes after it.
_head = (
    select(outbox.c.position, outbox.c.topic, outbox.c.key)
    .where(_IS_DUE, outbox.c.topic != func.all(bindparam("leaving_out", type_=ARRAY(Text))))
    .order_by(outbox.c.position)
    .limit(bindparam("head", type_=BIGINT))
    .subquery("head")
)
_oldest = select(func.min(_head.c.position)).group_by(_head.c.topic, _head.c.key).scalar_subquery()
_published = (
    select(outbox.c.position)
    .where(outbox.c.published_at < bindparam("before", type_=MOMENT))
    .order_by(outbox.c.published_at)
    .limit(_LIMIT)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
# By array, not by join: whatever the statistics say, which are wrong after a burst, this goes by the primary key.
_TAKE = compiled(
    select(outbox)
    .where(outbox.c.position == func.any(func.array(_oldest)), outbox.c.published_at.is_(None))
    .order_by(outbox.c.position)
    .limit(_LIMIT)
    .with_for_update(skip_locked=True, key_share=True)
)
_MARK = compiled(update(outbox).where(outbox.c.position == func.any(_POSITIONS)).values(published_at=_NOW))
_FORGET = compiled(
    delete(outbox).where(outbox.c.position == func.any(func.array(_published))).returning(outbox.c.position)
)
_OLDEST_DUE = compiled(select(func.min(outbox.c.available_at).label("since")).where(_IS_DUE))
_HEAD = 5
"""So many times the limit is looked at: room for a few relays at once, and for keys that come often."""
_HEADERS = msgspec.json.Decoder(dict[str, str])


class PostgresOutbox(OutboxQueue):
    """`take` holds row locks until the transaction ends: end it soon after the messages are safe."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def take(self, *, limit: int, now: datetime, leaving_out: Collection[str] = ()) -> Sequence[OutboxEntry]:
        rows = await self._transaction.write(
            _TAKE, limit=limit, head=limit * _HEAD, now=now, leaving_out=list(leaving_out)
        )
        return [_from_row(row) for row in rows]

    async def mark_published(self, positions: Sequence[int], *, now: datetime) -> None:
        await self._transaction.write(_MARK, positions=positions, now=now)

    async def forget_published(self, *, before: datetime, limit: int) -> int:
        return len(await self._transaction.write(_FORGET, before=before, limit=limit))

    async def lag(self, *, now: datetime) -> timedelta:
        row = await self._transaction.read_one(_OLDEST_DUE, now=now)
        return now - row["since"] if row and row["since"] else timedelta()


def _from_row(row: Record) -> OutboxEntry:
    message = Message(
        id=row["message_id"],
        topic=row["topic"],
        key=row["key"],
        type=row["type"],
        payload=row["payload"],
        content_type=row["content_type"],
        occurred_at=row["occurred_at"],
        headers=_HEADERS.decode(row["headers"]),
    )
    return OutboxEntry(position=row["position"], message=message)
