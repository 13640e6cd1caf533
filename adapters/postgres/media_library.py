"""Pages of the library: one statement for each combination of filters, built once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, func, literal_column, or_, select
from sqlalchemy import text as sql

from adapters.postgres.media import media, media_from_row
from adapters.postgres.schema import ID
from adapters.postgres.statements import Statement, compiled
from adapters.postgres.transaction import Transaction
from domain.ids import MediaId
from domain.media.kind import POLICIES
from domain.media.media import Media
from domain.media.repository import LibraryFilter, MediaLibrary

_VISIBLE = sql("status IN ('PENDING', 'UPLOADED', 'READY', 'FAILED')")
_COLUMNS = ("kind", "content_class", "folder", "mime_type", "status", "user_id")
_CONFIDENTIAL: list[ColumnElement[str]] = [
    literal_column(f"'{kind}'") for kind, policy in POLICIES.items() if policy.confidential
]
_MOST_STATEMENTS = 1024


class PostgresMediaLibrary(MediaLibrary):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def page(self, wanted: LibraryFilter, *, before: MediaId | None, limit: int) -> Sequence[Media]:
        given = {name: value for name in _COLUMNS if (value := getattr(wanted, name)) is not None}
        statement = _statement(
            tuple(given),
            unused=wanted.unused,
            words=len(wanted.words),
            others_confidential=wanted.confidential_of is None,
            older=before is not None,
        )
        values: dict[str, Any] = {
            **given,
            **{f"word_{n}": word for n, word in enumerate(wanted.words)},
            "store_id": wanted.store_id,
            "confidential_of": wanted.confidential_of,
            "before": before,
            "limit": limit,
        }
        return [media_from_row(row) for row in await self._transaction.read(statement, **values)]


@lru_cache(maxsize=_MOST_STATEMENTS)
def _statement(
    columns: tuple[str, ...], *, unused: bool, words: int, others_confidential: bool, older: bool
) -> Statement:
    question = (
        select(media)
        .where(media.c.store_id == bindparam("store_id", type_=ID), _VISIBLE)
        .order_by(media.c.id.desc())
        .limit(bindparam("limit", type_=BigInteger))
    )
    for name in columns:
        question = question.where(media.c[name] == bindparam(name, type_=media.c[name].type))
    if unused:
        question = question.where(sql("usage_count = 0"))
    if not others_confidential:
        own = media.c.user_id == bindparam("confidential_of", type_=ID)
        question = question.where(or_(media.c.kind.not_in(_CONFIDENTIAL), own))
    for number in range(words):
        word = bindparam(f"word_{number}", type_=Text)
        question = question.where(func.lower(media.c.original_name).contains(func.lower(word), autoescape=False))
    if older:
        question = question.where(media.c.id < bindparam("before", type_=ID))
    return compiled(question)
