from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Text, and_, bindparam, func, or_, select, text

from adapters.postgres.dead_letters import IS_OPEN, dead_letters
from adapters.postgres.schema import ID
from adapters.postgres.statements import Statement, compiled
from adapters.postgres.transaction import Record, Transaction
from domain.dead_letters.access import Reach
from domain.dead_letters.dead_letter import LetterKind, LetterStatus
from domain.dead_letters.repository import DeadLetterHistory, DeadLetterSummary
from domain.ids import DeadLetterId

_NO_BODIES = [column for column in dead_letters.c if column.name not in {"headers", "body", "key"}]
_TOPIC = bindparam("topic", type_=Text)
_page = (
    select(*_NO_BODIES)
    .where(
        or_(
            dead_letters.c.store_id == bindparam("store_id", type_=ID),
            and_(dead_letters.c.store_id.is_(None), bindparam("strays", type_=Boolean)),
        ),
        or_(_TOPIC.is_(None), dead_letters.c.topic == _TOPIC),
        dead_letters.c.id < bindparam("before", type_=ID),
    )
    .order_by(dead_letters.c.id.desc())
    .limit(bindparam("limit", type_=BigInteger))
)


def _of(status: LetterStatus) -> Statement:
    """The status as a literal, so that the open ones are found by their index."""
    return compiled(_page.where(text(f"status = '{status.value}'")))


_PAGE = compiled(_page)
_PAGES = {status: _of(status) for status in LetterStatus}
_COUNT_OPEN = compiled(select(func.count().label("number")).select_from(dead_letters).where(IS_OPEN))
_LAST_ID = DeadLetterId(UUID(int=2**128 - 1))


class PostgresDeadLetterHistory(DeadLetterHistory):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def page(
        self, reach: Reach, *, status: LetterStatus | None, topic: str | None, before: DeadLetterId | None, limit: int
    ) -> Sequence[DeadLetterSummary]:
        rows = await self._transaction.read(
            _PAGE if status is None else _PAGES[status],
            store_id=reach.store_id,
            strays=reach.strays,
            topic=topic,
            before=before or _LAST_ID,
            limit=limit,
        )
        return [_from_row(row) for row in rows]

    async def count_open(self) -> int:
        row = await self._transaction.read_one(_COUNT_OPEN)
        return row["number"] if row else 0


def _from_row(row: Record) -> DeadLetterSummary:
    return DeadLetterSummary(
        id=row["id"],
        kind=LetterKind(row["kind"]),
        topic=row["topic"],
        place=row["place"],
        consumer=row["consumer"],
        message_id=row["message_id"],
        message_type=row["message_type"],
        task_id=row["task_id"],
        asset_id=row["asset_id"],
        batch_id=row["batch_id"],
        listing_id=row["listing_id"],
        media_id=row["media_id"],
        error_code=row["error_code"],
        error_detail=row["error_detail"],
        attempts=row["attempts"],
        status=LetterStatus(row["status"]),
        created_at=row["created_at"],
        resolved_at=row["resolved_at"],
    )
