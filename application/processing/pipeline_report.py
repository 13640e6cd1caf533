"""What an external pipeline reports on a job, and what it means for the files of the batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from application.ports.storage import StoredObject
from domain.assets.asset import Asset, AssetStatus
from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import Rendition, RenditionName
from domain.batches.batch import Archive
from domain.batches.media_type import MediaCategory
from domain.batches.object_keys import processed_prefix
from domain.errors import Rejected, Violation
from domain.ids import AssetId, JobId
from domain.jobs.job import Job


class ReportedStatus(StrEnum):
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTIAL_SUCCESS = "PARTIAL_SUCCESS"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedOutput:
    """Keys of what the pipeline made of one asset, or the code of why not."""

    asset_id: AssetId
    processed_key: str | None = None
    thumbnail_key: str | None = None
    renditions: Mapping[str, str] = field(default_factory=dict)
    error_code: str | None = None

    @property
    def keys(self) -> Sequence[str]:
        """All that it names."""
        given = (self.processed_key, self.thumbnail_key, *self.renditions.values())
        return [key for key in given if key is not None]

    def named(self, processed: RenditionName) -> Mapping[RenditionName, str]:
        """Keys by rendition; `processed` is what `processed_key` stands for."""
        keys = {RenditionName(name): key for name, key in self.renditions.items()}
        if self.processed_key is not None:
            keys.setdefault(processed, self.processed_key)
        if self.thumbnail_key is not None:
            keys.setdefault(RenditionName.THUMBNAIL, self.thumbnail_key)
        return keys


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyCallbackCommand:
    """`delivery_id` names the delivery; `attempt` fences reports on older runs."""

    delivery_id: str
    job_id: JobId
    attempt: int
    status: ReportedStatus
    outputs: Sequence[ReportedOutput] = ()
    archive_key: str | None = None
    error_code: str | None = None
    error_detail: str | None = None


UNREPORTED = Failure(
    code=FailureCode.TRANSCODE_FAILED, detail="the external pipeline ended without a word on this file"
)


def require_valid(command: ApplyCallbackCommand, job: Job, assets: Sequence[Asset]) -> None:
    known = {asset.id for asset in assets}
    prefix = processed_prefix(job.listing_id)
    names = set(RenditionName)
    mentioned: set[AssetId] = set()
    found = []
    for index, output in enumerate(command.outputs):
        at = f"/outputs/{index}"
        if output.asset_id not in known:
            found.append(Violation(f"{at}/assetId", "UNKNOWN_ASSET", f"{output.asset_id} is not of this job's batch"))
        unknown = sorted(set(output.renditions) - names)
        found += [Violation(f"{at}/renditions/{name}", "UNKNOWN_RENDITION", "no such rendition") for name in unknown]
        found += [
            Violation(at, "FOREIGN_KEY", f"{key} does not lie under {prefix}")
            for key in output.keys
            if _strays(key, prefix)
        ]
        if output.asset_id in mentioned:
            found.append(Violation(f"{at}/assetId", "DUPLICATE_ASSET", f"{output.asset_id} occurs twice"))
        mentioned.add(output.asset_id)
        if not output.keys and output.error_code is None:
            found.append(Violation(at, "EMPTY_OUTPUT", "neither keys nor an errorCode"))
    if command.archive_key is not None and _strays(command.archive_key, prefix):
        found.append(Violation("/zip/key", "FOREIGN_KEY", f"{command.archive_key} does not lie under {prefix}"))
    if found:
        raise Rejected("the report does not fit its job", found)


def _strays(key: str, prefix: str) -> bool:
    return not key.startswith(prefix) or any(part in {"", ".", ".."} for part in key.split("/"))


def failure_of(output: ReportedOutput | None, command: ApplyCallbackCommand) -> Failure | None:
    code = command.error_code if output is None else output.error_code
    if code is None:
        return UNREPORTED if output is None else None
    return Failure(code=code_of(code), detail=command.error_detail or f"reported as {code}")


def code_of(reported: str | None) -> FailureCode:
    """A code that we do not know is the pipeline's own business."""
    try:
        return FailureCode(reported or "")
    except ValueError:
        return FailureCode.TRANSCODE_FAILED


def renditions_of(asset: Asset, output: ReportedOutput, objects: Mapping[str, StoredObject]) -> tuple[Rendition, ...]:
    is_video = asset.media_type.category is MediaCategory.VIDEO
    processed = RenditionName.MP4_1080P if is_video else RenditionName.LARGE
    return tuple(_rendition(name, objects[key]) for name, key in output.named(processed).items())


def _rendition(name: RenditionName, stored: StoredObject) -> Rendition:
    return Rendition(
        name=name, key=stored.key, content_type=stored.content_type, size=stored.size, checksum=stored.checksum
    )


def archive_of(
    command: ApplyCallbackCommand, objects: Mapping[str, StoredObject], assets: Sequence[Asset]
) -> Archive | None:
    if command.archive_key is None:
        return None
    stored = objects[command.archive_key]
    extracted = sum(asset.size for asset in assets if asset.status is AssetStatus.PROCESSED)
    return Archive(key=stored.key, size=stored.size, extracted_size=extracted, checksum=stored.checksum)
