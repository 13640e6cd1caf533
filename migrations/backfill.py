"""Rows that are moved by a revision: in batches, each committed by itself, so that nobody waits long for a lock and a
run that was killed goes on where it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from alembic import op
from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from uuid_utils.compat import uuid7

from adapters.telemetry.log import StructuredLog

ROWS = 5_000
"""Of a batch."""

_FIRST = UUID(int=0)
_LOG = StructuredLog()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Two statements. `count` says how many rows are left to be done.

    `move` does the first `:rows` of them whose id is `:start` or greater, and answers with one row: how many it has
    done (`done`), the greatest id among them (`last`), and further numbers for the log. What it has done is not left
    any more, which is all that a second run needs to know. `:ids`, where it is asked for, has a new id for each row.
    """

    name: str
    count: str
    move: str


@contextmanager
def batches() -> Iterator[None]:
    """Around steps. What the revision has done before is committed, and so is each batch."""
    with op.get_context().autocommit_block():
        # Each batch finds its rows by an index, also in tables of which the planner knows nothing yet.
        op.execute("SET enable_seqscan = off")
        op.execute("SET enable_mergejoin = off")
        yield
        op.execute("RESET enable_seqscan")
        op.execute("RESET enable_mergejoin")


def run(step: Step) -> None:
    """Until nothing is left. A line of the log for each batch says how far it is."""
    connection = op.get_bind()
    left = connection.scalar(text(step.count))
    move = text(step.move).bindparams(bindparam("start", type_=Uuid()))
    mints = ":ids" in step.move
    if mints:
        move = move.bindparams(bindparam("ids", type_=ARRAY(Uuid())))
    done, start = 0, _FIRST
    while True:
        minted = {"ids": [uuid7() for _ in range(ROWS)]} if mints else {}
        answer = dict(connection.execute(move, {"start": start, "rows": ROWS, **minted}).mappings().one())
        if not answer["done"]:
            return
        done, start = done + answer.pop("done"), answer.pop("last")
        _LOG.info("migration.moved", step=step.name, rows=done, of=max(left, done), **answer)
