"""What the files of a folder of fixtures hold: entries, which call each other by keys."""

from typing import TypeAlias

import msgspec

from entrypoints.reading.texts import Line

Key: TypeAlias = Line
"""Of an entry of this file or of another one. Ids are minted when the entry is loaded."""


class Part(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Something within an entry."""


class Entry(Part, frozen=True):
    """`key` is what other entries call it by, and goes nowhere else."""

    key: Key
