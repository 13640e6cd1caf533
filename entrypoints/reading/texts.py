r"""Texts that people write, as bodies carry them. NUL is nothing that a database keeps.

`$` would let a line break at the end pass, and JSON Schema has no `\Z`.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta

from domain.unseen import UNSEEN
from entrypoints.reading.structure import RULE

_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_END = r"(?![\s\S])"

Line: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=rf"^(?![{UNSEEN}]*{_END})[^{_CONTROLS}]+{_END}",
        extra={RULE: "one line in which something can be seen, without control characters"},
    ),
]
