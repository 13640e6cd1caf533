from typing import Annotated

import msgspec
from msgspec import Meta

Cursor = Annotated[str, Meta(max_length=100, description="`nextCursor` of the page before.")]
Limit = Annotated[int, Meta(ge=1, le=100)]
PAGE = 25
"""When nobody says how much is wanted."""


class PageParameters(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A query string that asks for a page and nothing else."""

    cursor: Cursor | None = None
    limit: Limit = PAGE
