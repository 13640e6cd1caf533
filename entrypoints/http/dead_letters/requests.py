from typing import Annotated

import msgspec
from msgspec import Meta

from domain.dead_letters.dead_letter import LetterStatus
from entrypoints.http.reading.page_parameters import PAGE, Cursor, Limit


class DeadLettersParameters(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Any status and any topic when left out."""

    status: LetterStatus | None = None
    topic: (
        Annotated[str, Meta(max_length=250, description="Where it came from, such as `vitrine.listings.v1`.")] | None
    ) = None
    cursor: Cursor | None = None
    limit: Limit = PAGE
