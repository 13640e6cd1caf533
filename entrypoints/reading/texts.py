r"""Texts that people write, as bodies carry them. NUL is nothing that a database keeps.

`$` would let a line break at the end pass, and JSON Schema has no `\Z`.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta

Line: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+(?![\s\S])")]
