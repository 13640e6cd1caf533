"""Two columns, `failure_code` and `failure_detail`, that assets and tasks have alike."""

from collections.abc import Mapping
from typing import Any

from adapters.postgres.transaction import Record
from domain.assets.failure import Failure, FailureCode


def failure_to_row(failure: Failure | None) -> dict[str, Any]:
    return {
        "failure_code": failure and failure.code,
        "failure_detail": failure and storable(failure.detail),
    }


def failure_from_row(row: Record | Mapping[str, Any]) -> Failure | None:
    code = row["failure_code"]
    return Failure(code=FailureCode(code), detail=row["failure_detail"]) if code else None


def storable(detail: str) -> str:
    """Decoders quote the file, and a text column takes neither NUL nor half a character."""
    return detail.replace("\0", "").encode(errors="replace").decode()
