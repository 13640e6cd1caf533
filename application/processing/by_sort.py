"""One of something for each sort of work."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.jobs.work import RunWork

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BySort(Generic[T]):
    asset: T
    archive: T

    def of(self, work: RunWork) -> T:
        return self.archive if work.asset_id is None else self.asset
