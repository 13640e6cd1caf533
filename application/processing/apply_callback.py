"""An external pipeline reports on a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from application.concurrency import map_bounded
from application.ports.clock import Clock
from application.ports.storage import ObjectStore, StoredObject
from application.ports.telemetry import Telemetry
from application.processing.settle_job import Run, Settlement, lock_run, report, settle
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.asset import Asset, AssetStatus
from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import MediaFacts, Rendition, RenditionName
from domain.batches.batch import Archive
from domain.batches.media_type import MediaCategory
from domain.batches.object_keys import processed_prefix
from domain.errors import Conflict, NotFound, Rejected, Unauthenticated, Violation
from domain.ids import AssetId, JobId
from domain.jobs.job import Job, Provider

_CONSUMER = "pipeline-callbacks"
_HEADS_AT_ONCE = 16


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


class JobNotFound(NotFound):
    code = "JOB_NOT_FOUND"

    def __init__(self, job_id: JobId) -> None:
        super().__init__(f"no external pipeline was asked to do job {job_id}")


class CallbackOutdated(Conflict):
    code = "CALLBACK_OUTDATED"

    def __init__(self, job: Job, attempt: int) -> None:
        super().__init__(f"job {job.id} is attempt {job.attempt} and {job.status}; the report is on attempt {attempt}")


class CallbackReplayed(Unauthenticated):
    code = "CALLBACK_REPLAYED"

    def __init__(self, delivery_id: str) -> None:
        super().__init__(f"delivery {delivery_id} has been applied already")


class ApplyCallback:
    """Only files that the report mentions change, and those it leaves unmentioned at the end of a run fail as such;
    nothing is ever deleted.

    Raises JobNotFound, CallbackOutdated, CallbackReplayed, Rejected, Unavailable.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, store: ObjectStore, clock: Clock, telemetry: Telemetry) -> None:
        self._begin = begin
        self._store = store
        self._clock = clock
        self._telemetry = telemetry

    async def __call__(self, command: ApplyCallbackCommand) -> None:
        async with self._begin() as tx:
            # Rolled back with this look; `_apply` notes it for good.
            await self._require_new(tx, command)
            job = await tx.jobs.find(command.job_id)
            if job is None or job.provider is not Provider.EXTERNAL:
                raise JobNotFound(command.job_id)
            assets = await tx.assets.of_batch(job.batch_id)
        _require_current(job, command)
        _require_valid(command, job, assets)
        objects = await self._look_up(command)
        settlement = await self._apply(command, job, objects)
        if settlement is not None:
            report(self._telemetry, settlement)

    async def _look_up(self, command: ApplyCallbackCommand) -> Mapping[str, StoredObject]:
        """Every key must name an object: done is what the store confirms."""
        places = {key: f"/outputs/{index}" for index, output in enumerate(command.outputs) for key in output.keys}
        if command.archive_key is not None:
            places[command.archive_key] = "/zip/key"
        keys = list(places)
        found = await map_bounded(self._store.head, keys, at_once=_HEADS_AT_ONCE)
        missing = [
            Violation(places[key], "OBJECT_NOT_FOUND", f"the store has no object {key}")
            for key, stored in zip(keys, found, strict=True)
            if stored is None
        ]
        if missing:
            raise Rejected("the report names objects that do not exist", missing)
        return {key: stored for key, stored in zip(keys, found, strict=True) if stored is not None}

    async def _apply(
        self, command: ApplyCallbackCommand, seen: Job, objects: Mapping[str, StoredObject]
    ) -> Settlement | None:
        now = self._clock.now()
        settlement = None
        async with self._begin() as tx:
            await self._require_new(tx, command)
            run = await lock_run(tx, seen.batch_id, seen.id)
            if run is None:
                raise CallbackOutdated(seen, command.attempt)
            _require_current(run.job, command)
            run.batch.start_processing()
            run.job.start(now=now)
            if command.status is ReportedStatus.RUNNING:
                await tx.batches.save(run.batch)
                await tx.jobs.save(run.job)
            else:
                settlement = await self._end(tx, run, command, objects)
            await tx.commit()
        return settlement

    async def _require_new(self, tx: UnitOfWork, command: ApplyCallbackCommand) -> None:
        if not await tx.processed_messages.first_time(_CONSUMER, command.delivery_id, now=self._clock.now()):
            raise CallbackReplayed(command.delivery_id)

    async def _end(
        self, tx: UnitOfWork, run: Run, command: ApplyCallbackCommand, objects: Mapping[str, StoredObject]
    ) -> Settlement:
        now = self._clock.now()
        assets = await tx.assets.of_batch(run.batch.id)
        outputs = {output.asset_id: output for output in command.outputs}
        for asset in assets:
            output = outputs.get(asset.id)
            if output is None and asset.status is AssetStatus.PROCESSED:
                continue
            asset.start_processing(now=now)
            failure = _failure_of(output, command)
            if failure is None and output is not None:
                asset.finish(
                    facts=asset.facts or MediaFacts(),
                    renditions=_renditions(asset, output, objects),
                    crc32=None,
                    now=now,
                )
            else:
                asset.fail(failure or _UNREPORTED, now=now)
            if not run.job.all_assets_ended:
                run.job.asset_ended(failed=asset.status is AssetStatus.FAILED)
        await tx.assets.save(assets)
        archive = _archive(command, objects, assets)
        whole = None
        if command.status is ReportedStatus.FAILED or command.error_code is not None:
            whole = _code(command.error_code)
        elif archive is None:
            whole = FailureCode.ZIP_FAILED
        return await settle(tx, run, assets, archive=archive, failure=whole, now=now)


_UNREPORTED = Failure(
    code=FailureCode.TRANSCODE_FAILED, detail="the external pipeline ended without a word on this file"
)


def _require_current(job: Job, command: ApplyCallbackCommand) -> None:
    if job.attempt != command.attempt or job.status.is_final:
        raise CallbackOutdated(job, command.attempt)


def _require_valid(command: ApplyCallbackCommand, job: Job, assets: Sequence[Asset]) -> None:
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


def _failure_of(output: ReportedOutput | None, command: ApplyCallbackCommand) -> Failure | None:
    code = command.error_code if output is None else output.error_code
    if code is None:
        return _UNREPORTED if output is None else None
    return Failure(code=_code(code), detail=command.error_detail or f"reported as {code}")


def _code(reported: str | None) -> FailureCode:
    """A code that we do not know is the pipeline's own business."""
    try:
        return FailureCode(reported or "")
    except ValueError:
        return FailureCode.TRANSCODE_FAILED


def _renditions(asset: Asset, output: ReportedOutput, objects: Mapping[str, StoredObject]) -> tuple[Rendition, ...]:
    is_video = asset.media_type.category is MediaCategory.VIDEO
    processed = RenditionName.MP4_1080P if is_video else RenditionName.LARGE
    return tuple(_rendition(name, objects[key]) for name, key in output.named(processed).items())


def _rendition(name: RenditionName, stored: StoredObject) -> Rendition:
    return Rendition(
        name=name, key=stored.key, content_type=stored.content_type, size=stored.size, checksum=stored.checksum
    )


def _archive(
    command: ApplyCallbackCommand, objects: Mapping[str, StoredObject], assets: Sequence[Asset]
) -> Archive | None:
    if command.archive_key is None:
        return None
    stored = objects[command.archive_key]
    extracted = sum(asset.size for asset in assets if asset.status is AssetStatus.PROCESSED)
    return Archive(key=stored.key, size=stored.size, extracted_size=extracted, checksum=stored.checksum)
