"""What a task is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypedDict

from domain.ids import AssetId, BatchId, JobId, ListingId, MediaId, SetAttachmentId, StoreId
from domain.jobs.job import Job


class WorkIds(TypedDict):
    """Those of a run are there, or those of a media, or those of an address."""

    job_id: JobId | None
    batch_id: BatchId | None
    listing_id: ListingId | None
    asset_id: AssetId | None
    media_id: MediaId | None
    set_attachment_id: SetAttachmentId | None
    store_id: StoreId | None


_NONE: WorkIds = {
    "job_id": None,
    "batch_id": None,
    "listing_id": None,
    "asset_id": None,
    "media_id": None,
    "set_attachment_id": None,
    "store_id": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWork:
    """One file of a run over a batch, or the archive of the whole, where `asset_id` is None. `run` counts the runs of
    the batch from 1.
    """

    job_id: JobId
    batch_id: BatchId
    listing_id: ListingId
    asset_id: AssetId | None
    run: int

    @classmethod
    def of(cls, job: Job, asset_id: AssetId | None) -> "RunWork":
        return cls(job_id=job.id, batch_id=job.batch_id, listing_id=job.listing_id, asset_id=asset_id, run=job.attempt)

    @property
    def ids(self) -> WorkIds:
        return {
            **_NONE,
            "job_id": self.job_id,
            "batch_id": self.batch_id,
            "listing_id": self.listing_id,
            "asset_id": self.asset_id,
        }

    @property
    def labels(self) -> Mapping[str, str]:
        """What logs and traces know it by."""
        return {"listing_id": str(self.listing_id), "batch_id": str(self.batch_id), "job_id": str(self.job_id)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaWork:
    """What is derived from a media of a store's library."""

    media_id: MediaId
    store_id: StoreId

    @property
    def ids(self) -> WorkIds:
        return {
            **_NONE,
            "media_id": self.media_id,
            "store_id": self.store_id,
        }

    @property
    def labels(self) -> Mapping[str, str]:
        """What logs and traces know it by."""
        return {"store_id": str(self.store_id), "media_id": str(self.media_id)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWork:
    """What lies at an address that somebody has attached."""

    set_attachment_id: SetAttachmentId
    store_id: StoreId

    @property
    def ids(self) -> WorkIds:
        return {
            **_NONE,
            "set_attachment_id": self.set_attachment_id,
            "store_id": self.store_id,
        }

    @property
    def labels(self) -> Mapping[str, str]:
        """What logs and traces know it by."""
        return {"store_id": str(self.store_id), "set_attachment_id": str(self.set_attachment_id)}


Work: TypeAlias = RunWork | MediaWork | LinkWork
