"""SQL for the driver, built from the tables once, when the module is loaded.

Questions are written with SQLAlchemy, so that a column that does not exist fails at import, and
are run by asyncpg itself: compiling, caching and wrapping of results on each call would cost more
than the statement. Many rows travel as one array a column, in one round trip.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Executable, Table, make_url
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

# ruff: noqa: S608 - names come from our own tables, and values travel as parameters

_DIALECT = make_url("postgresql+asyncpg://").get_dialect()()
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """`names` are the parameters in the order of `$1, $2...`."""

    text: str
    names: tuple[str, ...]

    def one(self, values: Row) -> list[Any]:
        """The arguments, out of `values` by name."""
        return [values[name] for name in self.names]

    def many(self, rows: Iterable[Row]) -> list[list[Any]]:
        """The arguments, each of them an array with one element a row."""
        rows = list(rows)
        return [[row[name] for row in rows] for name in self.names]


def compiled(statement: Executable) -> Statement:
    """The statement with its `bindparam` names as parameters."""
    assert isinstance(statement, ClauseElement)
    result = statement.compile(dialect=_DIALECT)
    assert isinstance(result, SQLCompiler)
    return Statement(str(result), tuple(result.positiontup or ()))


def insert_one(table: Table) -> Statement:
    names = _names(table.columns)
    values = ", ".join(f"${n}" for n, _ in enumerate(names, start=1))
    return Statement(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})", names)


def insert_many(table: Table) -> Statement:
    """Insert rows in the order of the arrays; identity columns are left to the database."""
    columns = [column for column in table.columns if column.identity is None]
    names = _names(columns)
    listed = ", ".join(names)
    return Statement(
        f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {_arrays(columns)} ORDER BY ordinality", names
    )


def upsert_many(table: Table, *, fixed: Iterable[str] = ()) -> Statement:
    """As `insert_many`; a row whose id is there already takes the new values, but for the `fixed` columns, and is not
    written where they are the old ones. Of a table without versions.
    """
    inserting = insert_many(table)
    kept = {table.c[name].name for name in ("id", *fixed)}
    changing = [column.name for column in table.columns if column.name not in kept]
    assignments = ", ".join(f"{name} = excluded.{name}" for name in changing)
    old, new = (", ".join(f"{side}.{name}" for name in changing) for side in (table.name, "excluded"))
    return Statement(
        f"{inserting.text} ON CONFLICT (id) DO UPDATE SET {assignments} WHERE ({old}) IS DISTINCT FROM ({new})",
        inserting.names,
    )


def update_one(table: Table, *, fixed: Iterable[str] = ()) -> Statement:
    """Write all columns but the `fixed` ones where id and version are as given, and raise the version by one."""
    changing = _names(_changing(table, fixed))
    assignments = ", ".join(f"{name} = ${n}" for n, name in enumerate(changing, start=3))
    return Statement(
        f"UPDATE {table.name} SET version = version + 1, {assignments} WHERE id = $1 AND version = $2",
        ("id", "version", *changing),
    )


def update_many(table: Table, *, fixed: Iterable[str] = ()) -> Statement:
    """As `update_one`, for rows given as arrays."""
    changing = _changing(table, fixed)
    columns = [table.c.id, table.c.version, *changing]
    assignments = ", ".join(f"{name} = new.{name}" for name in _names(changing))
    return Statement(
        f"UPDATE {table.name} AS old SET version = old.version + 1, {assignments} FROM {_arrays(columns)} "
        "WHERE old.id = new.id AND old.version = new.version",
        _names(columns),
    )


def _names(columns: Iterable[Column[Any]]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


def _changing(table: Table, fixed: Iterable[str]) -> list[Column[Any]]:
    kept = {table.c[name].name for name in ("id", "version", *fixed)}
    return [column for column in table.columns if column.name not in kept]


def _arrays(columns: Iterable[Column[Any]]) -> str:
    """One array a column, side by side, as the rows of `new`."""
    columns = list(columns)
    arrays = ", ".join(f"${n}::{column.type.compile(_DIALECT)}[]" for n, column in enumerate(columns, start=1))
    return f"unnest({arrays}) WITH ORDINALITY AS new ({', '.join(_names(columns))}, ordinality)"
