"""Two columns, `failure_code` and `failure_detail`, that assets and tasks have alike."""

from adapters.postgres.transaction import Record
from domain.assets.failure import Failure, FailureCode


def failure_from_row(row: Record) -> Failure | None:
    code = row["failure_code"]
    return Failure(code=FailureCode(code), detail=row["failure_detail"]) if code else None
