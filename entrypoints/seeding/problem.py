"""What is wrong with fixtures, said so that a person finds the place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

_LIKENESS = 0.5
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`entry` is its key, or which one it is where it has none; empty for the file as a whole. `field` is a path, such
    as media/0/media; empty for the entry as a whole.
    """

    file: str
    entry: str = ""
    field: str = ""
    detail: str

    def __str__(self) -> str:
        return f"{', '.join(filter(None, (self.file, self.entry, self.field)))}: {self.detail}"


class BrokenFixtures(Exception):
    """`problems` are all of them; nothing has been loaded."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def suggestion(wrong: str, known: Collection[str]) -> str:
    """How to go on after "there is no ...": the nearest that there is, or else what there is."""
    nearest = get_close_matches(wrong, known, n=1, cutoff=_LIKENESS)
    if nearest:
        return f'; did you mean "{nearest[0]}"?'
    if not known:
        return ""
    named = [f'"{each}"' for each in sorted(known)[:_MOST_NAMED]]
    more = f" and {len(known) - _MOST_NAMED} more" if len(known) > _MOST_NAMED else ""
    return f"; what there is: {', '.join(named)}{more}"
