"""What a change of references means to the ledger. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.ids import MediaId


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Each id once, in the order in which it was first named."""

    added: tuple[MediaId, ...]
    removed: tuple[MediaId, ...]

    @property
    def is_empty(self) -> bool:
        return not self.added and not self.removed


def difference(old: Iterable[MediaId], new: Iterable[MediaId]) -> Difference:
    """From `old` to `new`; what is in both stays untouched. Repetitions count once."""
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    return Difference(
        added=tuple(media_id for media_id in after if media_id not in before),
        removed=tuple(media_id for media_id in before if media_id not in after),
    )
