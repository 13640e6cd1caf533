from typing import Any

from litestar.params import QueryParameter


def query_parameter(
    name: str, schema: dict[str, Any], *, required: bool = False, description: str | None = None
) -> QueryParameter:
    """For a handler that takes plain text and checks it itself, since Litestar stops at the first parameter that is
    missing. `schema` tells readers what it must be.
    """
    return QueryParameter(
        name=name, required=required, description=description, schema_extra={"one_of": None, **schema}
    )


CURSOR = query_parameter("cursor", {"type": "string"}, description="`nextCursor` of the page before.")
LIMIT = query_parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 25})
