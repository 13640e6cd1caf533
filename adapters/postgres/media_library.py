"""Pages of the library: the same two statements whatever is asked for, so that there is one plan for all."""

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
_FIRST_LOOK = 4
_GROWTH = 4
_LONGEST_LOOK = 1024

_KEYS = """
  SELECT list, media_posting_key($1, folder, type, user_id, word, cell) AS key
  FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[])
    AS posting (list, cell, folder, type, user_id, word)
"""
_OF_KEYS = ("store_id", "lists", "cells", "folders", "types", "users", "prefixes", "before")
# The list whose sample reaches furthest back has the fewest media hereabouts.
_SHORTEST = Statement(
    f"""
    SELECT list FROM ({_KEYS}) AS keys LEFT JOIN LATERAL (
      SELECT media_id FROM media_postings WHERE key = keys.key AND media_id < $8 ORDER BY media_id DESC LIMIT $9
    ) AS newest ON true
    GROUP BY list
    ORDER BY (array_agg(media_id ORDER BY media_id DESC NULLS LAST))[$9::int] NULLS FIRST, count(media_id)
    LIMIT 1
    """,  # noqa: S608 - as below
    (*_OF_KEYS, "sample"),
)
# OFFSET 0 keeps each of the steps as it stands: no statistics may talk the planner into reading a whole table.
_LOOK = Statement(
    f"""
    WITH candidates AS MATERIALIZED (
      SELECT media_id FROM ({_KEYS} OFFSET 0) AS keys CROSS JOIN LATERAL (
        SELECT media_id FROM media_postings WHERE key = keys.key AND media_id < $8 ORDER BY media_id DESC LIMIT $9
      ) AS newest
      ORDER BY media_id DESC LIMIT $9
    )
    SELECT looked_at, last, found.* FROM (
      SELECT count(*) AS looked_at, (SELECT media_id FROM candidates ORDER BY media_id LIMIT 1) AS last FROM candidates
    ) AS look LEFT JOIN (
      SELECT one.* FROM candidates CROSS JOIN LATERAL (
        SELECT * FROM media
        WHERE id = media_id AND store_id = $1 AND status IN ('PENDING', 'UPLOADED', 'READY', 'FAILED')
          AND kind = coalesce($10, kind) AND content_class = coalesce($11, content_class)
          AND folder = coalesce($12, folder) AND mime_type = coalesce($13, mime_type)
          AND status = coalesce($14, status) AND user_id = coalesce($15, user_id)
          AND (usage_count = 0 OR NOT $16)
          AND (kind <> ALL ($17::text[]) OR user_id = coalesce($18, user_id))
          AND NOT EXISTS (
            SELECT FROM unnest($19::text[]) AS wanted
            WHERE NOT EXISTS (SELECT FROM unnest(words) AS word WHERE starts_with(word, wanted))
          )
        OFFSET 0
      ) AS one
      ORDER BY id DESC LIMIT $20
    ) AS found ON true
    ORDER BY id DESC
    """,  # noqa: S608 - parts are constants of this file
    (
        *(*_OF_KEYS, "look"),
        *("kind", "content_class", "folder", "mime_type", "status", "user_id", "unused"),
        *("confidential", "confidential_of", "words", "limit"),
    ),
)


class PostgresMediaLibrary(MediaLibrary):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def page(self, wanted: LibraryFilter, *, before: MediaId | None, limit: int) -> Sequence[Media]:
        lists = lists_of(wanted)
        before = before or _NEWEST
        if len(lists) == 1:
            return await self._look_through(wanted, lists[0], before=before, limit=limit, look=limit)
        shortest = await self._shortest(wanted, lists, before=before)
        return await self._look_through(wanted, shortest, before=before, limit=limit, look=_FIRST_LOOK * limit)

    async def _shortest(
        self, wanted: LibraryFilter, lists: Sequence[Sequence[Posting]], *, before: MediaId
    ) -> Sequence[Posting]:
        columns = columns_of(lists)
        row = await self._transaction.read_one(
            _SHORTEST, store_id=wanted.store_id, **columns, before=before, sample=_SAMPLE
        )
        assert row is not None
        return lists[row["list"]]

    async def _look_through(
        self, wanted: LibraryFilter, postings: Sequence[Posting], *, before: MediaId, limit: int, look: int
    ) -> Sequence[Media]:
        """Look at the newest of these postings, and take those that are wanted, until there are enough."""
        found: list[Media] = []
        while True:
            rows = await self._transaction.read(
                _LOOK,
                **_values(wanted),
                **columns_of([postings]),
                before=before,
                look=look,
                limit=limit - len(found),
            )
            found += [media_from_row(row) for row in rows if row["id"] is not None]
            if len(found) == limit or rows[0]["looked_at"] < look:
                return found
            before, look = rows[0]["last"], min(look * _GROWTH, _LONGEST_LOOK)


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
