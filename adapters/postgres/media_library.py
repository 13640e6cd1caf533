"""Pages of the library: the same statements whatever is asked for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from adapters.postgres.media import media_from_row
from adapters.postgres.media_postings import Posting, columns_of, lists_of
from adapters.postgres.statements import Statement
from adapters.postgres.transaction import Transaction
from domain.ids import MediaId
from domain.media.kind import POLICIES
from domain.media.media import Media
from domain.media.repository import LibraryFilter, MediaLibrary

_CONFIDENTIAL = [kind for kind, policy in POLICIES.items() if policy.confidential]
_NEWEST = MediaId(UUID(int=2**128 - 1))
_SAMPLE = 64
_LOOKS = (32, 128, 512, 1024)
"""How many postings are looked at, at most: further each time, where few of them are wanted."""

_KEYS = """
  SELECT list, media_posting_key($1, folder, type, user_id, word, cell) AS key
  FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[])
    AS posting (list, cell, folder, type, user_id, word)
  OFFSET 0
"""
_OF_KEYS = ("store_id", "lists", "cells", "folders", "types", "users", "prefixes", "before")
_OF_WANTED = (
    *("kind", "content_class", "folder", "mime_type", "status", "user_id", "unused"),
    *("confidential", "confidential_of", "words", "limit"),
)
# OFFSET 0 keeps each step as it stands, and what LIMIT says is no parameter: so there is one plan for all values,
# which the server makes once, and no statistics talk it into reading a whole table.


def _newest(look: int) -> str:
    return f"""
      SELECT media_id FROM media_postings
      WHERE key = keys.key AND media_id < $8 ORDER BY media_id DESC LIMIT {look}
    """  # noqa: S608 - numbers and constants of this file, here and below


# The list whose sample reaches furthest back has the fewest media hereabouts.
_SHORTEST = Statement(
    f"""
    SELECT list FROM ({_KEYS}) AS keys LEFT JOIN LATERAL ({_newest(_SAMPLE)}) AS newest ON true
    GROUP BY list
    ORDER BY (array_agg(media_id ORDER BY media_id DESC NULLS LAST))[{_SAMPLE}] NULLS FIRST, count(media_id)
    LIMIT 1
    """,  # noqa: S608
    _OF_KEYS,
)
_LOOK = {
    look: Statement(
        f"""
        WITH candidates AS MATERIALIZED (
          SELECT media_id FROM ({_KEYS}) AS keys CROSS JOIN LATERAL ({_newest(look)}) AS newest
          ORDER BY media_id DESC LIMIT {look}
        )
        SELECT looked_at, last, found.* FROM (
          SELECT count(*) AS looked_at, (SELECT media_id FROM candidates ORDER BY media_id LIMIT 1) AS last
          FROM candidates
        ) AS look LEFT JOIN (
          SELECT one.* FROM (SELECT media_id FROM candidates ORDER BY media_id DESC) AS newest CROSS JOIN LATERAL (
            SELECT * FROM media
            WHERE id = media_id AND store_id = $1 AND status IN ('PENDING', 'UPLOADED', 'READY', 'FAILED')
              AND kind = coalesce($9, kind) AND content_class = coalesce($10, content_class)
              AND folder = coalesce($11, folder) AND mime_type = coalesce($12, mime_type)
              AND status = coalesce($13, status) AND user_id = coalesce($14, user_id)
              AND (usage_count = 0 OR NOT $15)
              AND (kind <> ALL ($16::text[]) OR user_id = coalesce($17, user_id))
              AND NOT EXISTS (
                SELECT FROM unnest($18::text[]) AS wanted
                WHERE NOT EXISTS (SELECT FROM unnest(words) AS word WHERE starts_with(word, wanted))
              )
            OFFSET 0
          ) AS one
          ORDER BY media_id DESC LIMIT $19
        ) AS found ON true
        ORDER BY id DESC
        """,  # noqa: S608
        (*_OF_KEYS, *_OF_WANTED),
    )
    for look in _LOOKS
}


class PostgresMediaLibrary(MediaLibrary):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def page(self, wanted: LibraryFilter, *, before: MediaId | None, limit: int) -> Sequence[Media]:
        lists = lists_of(wanted)
        if not all(lists):
            return []
        before = before or _NEWEST
        shortest = lists[0] if len(lists) == 1 else await self._shortest(wanted, lists, before=before)
        found: list[Media] = []
        look = _wide_enough(limit if len(lists) == 1 else _LOOKS[1])
        while True:
            rows = await self._transaction.read(
                _LOOK[look],
                **_values(wanted),
                **columns_of([shortest]),
                before=before,
                limit=limit - len(found),
            )
            found += [media_from_row(row) for row in rows if row["id"] is not None]
            if len(found) == limit or rows[0]["looked_at"] < look:
                return found
            before, look = rows[0]["last"], _wide_enough(look + 1)

    async def _shortest(
        self, wanted: LibraryFilter, lists: Sequence[Sequence[Posting]], *, before: MediaId
    ) -> Sequence[Posting]:
        row = await self._transaction.read_one(_SHORTEST, store_id=wanted.store_id, **columns_of(lists), before=before)
        assert row is not None
        return lists[row["list"]]


def _wide_enough(number: int) -> int:
    return next((look for look in _LOOKS if look >= number), _LOOKS[-1])


def _values(wanted: LibraryFilter) -> dict[str, Any]:
    return {
        "store_id": wanted.store_id,
        "kind": wanted.kind,
        "content_class": wanted.content_class,
        "folder": wanted.folder,
        "mime_type": wanted.mime_type,
        "status": wanted.status,
        "user_id": wanted.user_id,
        "unused": wanted.unused,
        "confidential": _CONFIDENTIAL,
        "confidential_of": wanted.confidential_of,
        "words": list(wanted.words),
    }
