from typing import Annotated

import msgspec
from msgspec import Meta


class PageParameters(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A query string that asks for a page and nothing else."""

    cursor: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 25
