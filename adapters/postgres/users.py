from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, bindparam, delete, select
from sqlalchemy import text as sql

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, version_column
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from domain.ids import UserId
from domain.users.repository import Users
from domain.users.user import User

users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True),
    Column("store_id", ID, nullable=False),
    Column("avatar_media_id", ID, ForeignKey("media.id", ondelete="RESTRICT")),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    version_column(),
)
Index("ix_users_avatar", users.c.id, postgresql_where=sql("avatar_media_id IS NOT NULL"))

_find = select(users).where(users.c.id == bindparam("user_id", type_=ID))
_FIND = compiled(_find)
_LOCK = compiled(_find.with_for_update())
_REMOVE = compiled(delete(users).where(users.c.id == bindparam("user_id", type_=ID)))
_with_avatar = (
    select(users)
    .where(sql("avatar_media_id IS NOT NULL"))
    .order_by(users.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
_FIRST_PAGE = compiled(_with_avatar)
_NEXT_PAGE = compiled(_with_avatar.where(users.c.id > bindparam("after", type_=ID)))


class PostgresUsers(Users):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, user_id: UserId) -> User | None:
        row = await self._transaction.read_one(_FIND, user_id=user_id)
        return _from_row(row) if row else None

    async def lock(self, user_id: UserId) -> User | None:
        row = await self._transaction.write_one(_LOCK, user_id=user_id)
        return _from_row(row) if row else None

    async def save(self, user: User) -> None:
        await _WRITER.save(self._transaction, self._outbox, user)

    async def remove(self, user: User) -> None:
        await self._transaction.write(_REMOVE, user_id=user.id)

    async def with_avatar(self, *, after: UserId | None, limit: int) -> Sequence[User]:
        statement = _FIRST_PAGE if after is None else _NEXT_PAGE
        return [_from_row(row) for row in await self._transaction.read(statement, after=after, limit=limit)]


def _to_row(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "store_id": user.store_id,
        "avatar_media_id": user.avatar_media_id,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }


def _from_row(row: Record) -> User:
    return User(
        id=row["id"],
        store_id=row["store_id"],
        avatar_media_id=row["avatar_media_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


_WRITER = AggregateWriter(users, _to_row, fixed=["store_id", "created_at"])
