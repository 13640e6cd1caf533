"""One of something for each sort of work."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.jobs.work import LinkWork, MediaWork, RunWork, Work

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BySort(Generic[T]):
    asset: T
    archive: T
    media: T
    link: T

    def of(self, work: Work) -> T:
        match work:
            case RunWork(asset_id=None):
                return self.archive
            case RunWork():
                return self.asset
            case MediaWork():
                return self.media
            case LinkWork():
                return self.link
