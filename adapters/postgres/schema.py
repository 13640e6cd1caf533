"""What all tables share: the metadata, names of constraints, and types of columns."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, MetaData, Uuid

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

metadata = MetaData(naming_convention=NAMING)

ID = Uuid()
MOMENT = DateTime(timezone=True)


def version_column() -> Column[int]:
    """The guard of an aggregate's row: 1 after the first save."""
    return Column("version", Integer, nullable=False)


def one_of(column: str, choices: type[StrEnum]) -> CheckConstraint:
    """Allow the values of `choices`; NULL passes, where the column takes it."""
    listed = ", ".join(f"'{choice.value}'" for choice in choices)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def not_negative(*columns: str) -> list[CheckConstraint]:
    return [CheckConstraint(f"{column} >= 0", name=column) for column in columns]


def sha256_of(column: str) -> CheckConstraint:
    return CheckConstraint(f"octet_length({column}) = 32", name=column)
