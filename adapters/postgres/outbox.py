from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import and_, bindparam, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

from adapters.postgres.outbox_table import outbox
from adapters.postgres.schema import MOMENT
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from application.ports.messaging import Message, OutboxEntry, OutboxQueue

_NOW = bindparam("now", type_=MOMENT)
_LIMIT = bindparam("limit", type_=BIGINT)
_POSITIONS = bindparam("positions", type_=ARRAY(BIGINT))

_earlier = outbox.alias("earlier")
_IS_DUE = and_(outbox.c.published_at.is_(None), outbox.c.available_at <= _NOW)
_AN_EARLIER_ONE_IS_DUE = exists().where(
    _earlier.c.topic == outbox.c.topic,
    _earlier.c.key == outbox.c.key,
    _earlier.c.position < outbox.c.position,
    _earlier.c.published_at.is_(None),
    _earlier.c.available_at <= _NOW,
)
_TAKE = compiled(
    select(outbox)
    .where(_IS_DUE, ~_AN_EARLIER_ONE_IS_DUE)
    .order_by(outbox.c.position)
    .limit(_LIMIT)
    .with_for_update(skip_locked=True, key_share=True)
)
_MARK = compiled(update(outbox).where(outbox.c.position == func.any(_POSITIONS)).values(published_at=_NOW))
_OLD = (
    select(outbox.c.position)
    .where(outbox.c.published_at < bindparam("before", type_=MOMENT))
    .order_by(outbox.c.published_at)
    .limit(_LIMIT)
    .with_for_update(skip_locked=True)
)
_FORGET = compiled(delete(outbox).where(outbox.c.position.in_(_OLD)).returning(outbox.c.position))
_OLDEST_DUE = compiled(select(func.min(outbox.c.available_at).label("since")).where(_IS_DUE))
_HEADERS = msgspec.json.Decoder(dict[str, str])


class PostgresOutbox(OutboxQueue):
    """`take` holds row locks until the transaction ends: end it soon after the messages are safe."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def take(self, *, limit: int, now: datetime) -> Sequence[OutboxEntry]:
        rows = await self._transaction.write(_TAKE, limit=limit, now=now)
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
        payload=row["payload"].encode(),
        occurred_at=row["occurred_at"],
        headers=_HEADERS.decode(row["headers"]),
    )
    return OutboxEntry(position=row["position"], message=message)
