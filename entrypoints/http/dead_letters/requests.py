from typing import Annotated

import msgspec
from msgspec import Meta

from domain.dead_letters.dead_letter import LetterStatus


class DeadLettersParameters(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Any status and any topic when left out."""

    status: LetterStatus | None = None
    topic: Annotated[str, Meta(max_length=250)] | None = None
    cursor: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 25
