"""The use cases wired to whatever a World holds."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any

from adapters.archive.zip import ZipArchiveWriter
from adapters.memory.clock import ManualClock
from adapters.memory.ids import SequentialIds
from adapters.memory.signed_urls import MemoryUrlSigner
from adapters.sniffing.magic import MagicTypeSniffer
from application.attachment_sets.link_ending import LinkEnding
from application.batches.complete_upload_batch import CompleteUploadBatch
from application.batches.create_upload_batch import CreateUploadBatch
from application.batches.delete_batch import DeleteBatch
from application.batches.expire_uploads import ExpireUpload, ExpireUploads
from application.batches.get_batch_status import GetBatchStatus
from application.batches.get_playlist import GetPlaylist
from application.batches.list_batches import ListBatches
from application.batches.multipart_opener import MultipartOpener
from application.batches.note_arrival import NoteArrival
from application.batches.note_removal import NoteRemoval
from application.batches.query_downloads import QueryDownloads
from application.batches.reissue_upload_urls import ReissueUploadUrls
from application.batches.remove_asset import RemoveAsset
from application.batches.retry_batch import RetryBatch
from application.batches.upload_tickets import TicketOffice
from application.batches.verify_uploads import VerifyUploads
from application.dead_letters.bury_task import BuryTask
from application.dead_letters.discard_dead_letter import DiscardDeadLetter
from application.dead_letters.get_dead_letter import GetDeadLetter
from application.dead_letters.list_dead_letters import ListDeadLetters
from application.dead_letters.reject_message import RejectMessage
from application.dead_letters.replay_dead_letter import ReplayDeadLetter
from application.events.relay_outbox import RelayOutbox
from application.listings.take_booking_facts import TakeBookingFacts
from application.listings.take_listing_facts import TakeListingFacts
from application.listings.upsert_listing import UpsertListing
from application.media.derivative_planner import DerivativePlanner
from application.media.media_ending import MediaEnding
from application.media.media_handler import MediaHandler
from application.playback.sign_playlist import SignPlaylist
from application.ports.links import LinkSigner
from application.ports.storage import MultipartUploads, ObjectStore
from application.ports.tracing import SpanKind, Tracing
from application.ports.workspace import Workspace
from application.processing.apply_callback import ApplyCallback
from application.processing.archive_ending import ArchiveEnding
from application.processing.archive_handler import ArchiveHandler
from application.processing.asset_ending import AssetEnding
from application.processing.asset_handler import AssetHandler
from application.processing.build_archive import BuildArchive
from application.processing.by_sort import BySort
from application.processing.claim_task import ClaimTask
from application.processing.expire_external_jobs import ExpireExternalJobs
from application.processing.find_waiting_tasks import FindWaitingTasks
from application.processing.finish_task import FinishTask
from application.processing.hand_back_task import HandBackTask
from application.processing.lease_keeper import LeaseKeeper, LeasePolicy
from application.processing.plan import ProcessingPolicy, RunPlanner
from application.processing.process_original import ProcessOriginal
from application.processing.recover_tasks import RecoverTasks
from application.processing.start_job import StartJob
from application.processing.task_ending import TaskEnding
from application.processing.task_handler import TaskHandler
from application.processing.work_on_task import WorkOnTask
from application.storage.streamed_uploads import StreamedUploads
from application.unit_of_work import UnitOfWorkFactory
from domain.batches.limits import UploadLimits
from domain.batches.media_type import CONTENT_TYPES
from domain.ids import TaskId
from domain.jobs.job import Provider
from domain.jobs.task import RetryPolicy
from domain.media.derivation import DERIVED_FROM
from tests.application.stubs import FullJitter, RecordingLog, RecordingPublisher, RecordingTelemetry, StubProcessor

PATIENCE = timedelta(hours=2)


class UseCases:
    begin: UnitOfWorkFactory
    clock: ManualClock
    ids: SequentialIds
    limits: UploadLimits
    provider: Provider
    retry: RetryPolicy
    lease: LeasePolicy
    store: ObjectStore
    multipart: MultipartUploads
    signer: MemoryUrlSigner
    links: LinkSigner
    workspace: Workspace
    processor: StubProcessor
    publisher: RecordingPublisher
    telemetry: RecordingTelemetry
    tracing: Tracing
    log: RecordingLog
    randomness: FullJitter

    @cached_property
    def streams(self) -> StreamedUploads:
        return StreamedUploads(store=self.store, uploads=self.multipart, log=self.log)

    @cached_property
    def opener(self) -> MultipartOpener:
        return MultipartOpener(begin=self.begin, multipart=self.multipart, clock=self.clock, limits=self.limits)

    @cached_property
    def tickets(self) -> TicketOffice:
        return TicketOffice(signer=self.signer, limits=self.limits)

    @cached_property
    def planner(self) -> RunPlanner:
        return RunPlanner(
            ids=self.ids, policy=ProcessingPolicy(provider=self.provider, retry=self.retry), tracing=self.tracing
        )

    @cached_property
    def derivative_planner(self) -> DerivativePlanner:
        return DerivativePlanner(ids=self.ids, retry=self.retry)

    @cached_property
    def upsert_listing(self) -> UpsertListing:
        return UpsertListing(begin=self.begin, clock=self.clock)

    @cached_property
    def take_listing_facts(self) -> TakeListingFacts:
        return TakeListingFacts(begin=self.begin, clock=self.clock)

    @cached_property
    def take_booking_facts(self) -> TakeBookingFacts:
        return TakeBookingFacts(begin=self.begin, clock=self.clock)

    @cached_property
    def note_arrival(self) -> NoteArrival:
        return NoteArrival(begin=self.begin, clock=self.clock)

    @cached_property
    def note_removal(self) -> NoteRemoval:
        return NoteRemoval(begin=self.begin, store=self.store, clock=self.clock, telemetry=self.telemetry, log=self.log)

    @cached_property
    def create_upload_batch(self) -> CreateUploadBatch:
        return CreateUploadBatch(
            begin=self.begin,
            expire=self.expire_upload,
            opener=self.opener,
            tickets=self.tickets,
            clock=self.clock,
            ids=self.ids,
            limits=self.limits,
            telemetry=self.telemetry,
        )

    @cached_property
    def reissue_upload_urls(self) -> ReissueUploadUrls:
        return ReissueUploadUrls(
            begin=self.begin,
            store=self.store,
            multipart=self.multipart,
            opener=self.opener,
            tickets=self.tickets,
            clock=self.clock,
        )

    @cached_property
    def complete_upload_batch(self) -> CompleteUploadBatch:
        verify = VerifyUploads(store=self.store, multipart=self.multipart)
        return CompleteUploadBatch(
            begin=self.begin,
            verify=verify,
            store=self.store,
            multipart=self.multipart,
            planner=self.planner,
            clock=self.clock,
        )

    @cached_property
    def expire_upload(self) -> ExpireUpload:
        return ExpireUpload(
            begin=self.begin, store=self.store, multipart=self.multipart, clock=self.clock, telemetry=self.telemetry
        )

    @cached_property
    def expire_uploads(self) -> ExpireUploads:
        return ExpireUploads(begin=self.begin, expire=self.expire_upload, clock=self.clock)

    @cached_property
    def get_batch_status(self) -> GetBatchStatus:
        return GetBatchStatus(begin=self.begin)

    @cached_property
    def list_batches(self) -> ListBatches:
        return ListBatches(begin=self.begin)

    @cached_property
    def query_downloads(self) -> QueryDownloads:
        return QueryDownloads(
            begin=self.begin, signer=self.signer, links=self.links, clock=self.clock, limits=self.limits
        )

    @cached_property
    def get_playlist(self) -> GetPlaylist:
        sign = SignPlaylist(store=self.store, signer=self.signer, links=self.links)
        return GetPlaylist(begin=self.begin, sign_playlist=sign, links=self.links, clock=self.clock)

    @cached_property
    def retry_batch(self) -> RetryBatch:
        return RetryBatch(begin=self.begin, planner=self.planner, clock=self.clock, telemetry=self.telemetry)

    @cached_property
    def remove_asset(self) -> RemoveAsset:
        return RemoveAsset(begin=self.begin, store=self.store, clock=self.clock)

    @cached_property
    def delete_batch(self) -> DeleteBatch:
        return DeleteBatch(begin=self.begin, multipart=self.multipart, clock=self.clock)

    @cached_property
    def apply_callback(self) -> ApplyCallback:
        return ApplyCallback(begin=self.begin, store=self.store, clock=self.clock, telemetry=self.telemetry)

    @cached_property
    def expire_external_jobs(self) -> ExpireExternalJobs:
        return ExpireExternalJobs(
            begin=self.begin, clock=self.clock, telemetry=self.telemetry, tracing=self.tracing, answer_within=PATIENCE
        )

    @cached_property
    def claim_task(self) -> ClaimTask:
        return ClaimTask(begin=self.begin, handlers=self.handlers, clock=self.clock, policy=self.lease)

    async def work_on_task(
        self, task_id: TaskId, *, worker: str, pointer: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """What a worker does with a pointer; `pointer` are its headers."""
        claimed = await self.claim_task(task_id, worker=worker)
        if claimed is None:
            return
        parent = pointer or claimed.trace
        with self.tracing.span(f"process {claimed.task.kind}", kind=SpanKind.CONSUMER, parent=parent, task_id=task_id):
            await self.work_on_claimed(claimed)

    @cached_property
    def hand_back_task(self) -> HandBackTask:
        return HandBackTask(begin=self.begin, clock=self.clock, log=self.log)

    @cached_property
    def find_waiting_tasks(self) -> FindWaitingTasks:
        return FindWaitingTasks(begin=self.begin, clock=self.clock)

    @cached_property
    def link_handler(self) -> TaskHandler[Any, Any]:
        """Needs what the use cases of attachments are made of."""
        raise NotImplementedError

    @cached_property
    def handlers(self) -> BySort[TaskHandler[Any, Any]]:
        start_job = StartJob(begin=self.begin, clock=self.clock, log=self.log)
        types = DERIVED_FROM.union(*CONTENT_TYPES.values())
        process = ProcessOriginal(
            store=self.store,
            sniffer=MagicTypeSniffer(),
            processors=dict.fromkeys(types, self.processor),
            workspace=self.workspace,
        )
        build = BuildArchive(begin=self.begin, writer=ZipArchiveWriter(self.store, self.streams))
        return BySort(
            asset=AssetHandler(start_job=start_job, process=process),
            archive=ArchiveHandler(start_job=start_job, build=build),
            media=MediaHandler(process=process),
            link=self.link_handler,
        )

    @cached_property
    def endings(self) -> BySort[TaskEnding[Any, Any]]:
        return BySort(
            asset=AssetEnding(planner=self.planner, bury=self.bury_task),
            archive=ArchiveEnding(bury=self.bury_task, telemetry=self.telemetry),
            media=MediaEnding(bury=self.bury_task, store=self.store, log=self.log),
            link=LinkEnding(log=self.log),
        )

    @cached_property
    def finish_task(self) -> FinishTask:
        return FinishTask(begin=self.begin, endings=self.endings, clock=self.clock)

    @cached_property
    def keeper(self) -> LeaseKeeper:
        return LeaseKeeper(begin=self.begin, clock=self.clock, policy=self.lease, tracing=self.tracing)

    @cached_property
    def work_on_claimed(self) -> WorkOnTask:
        return WorkOnTask(
            begin=self.begin,
            keeper=self.keeper,
            handlers=self.handlers,
            finish=self.finish_task,
            hand_back=self.hand_back_task,
            retry=self.retry,
            clock=self.clock,
            randomness=self.randomness,
            telemetry=self.telemetry,
            tracing=self.tracing,
            log=self.log,
        )

    @cached_property
    def recover_tasks(self) -> RecoverTasks:
        return RecoverTasks(
            begin=self.begin,
            endings=self.endings,
            clock=self.clock,
            randomness=self.randomness,
            retry=self.retry,
            telemetry=self.telemetry,
            tracing=self.tracing,
            log=self.log,
        )

    @cached_property
    def bury_task(self) -> BuryTask:
        return BuryTask(ids=self.ids)

    @cached_property
    def reject_message(self) -> RejectMessage:
        return RejectMessage(begin=self.begin, clock=self.clock, ids=self.ids, telemetry=self.telemetry)

    @cached_property
    def list_dead_letters(self) -> ListDeadLetters:
        return ListDeadLetters(begin=self.begin)

    @cached_property
    def get_dead_letter(self) -> GetDeadLetter:
        return GetDeadLetter(begin=self.begin)

    @cached_property
    def replay_dead_letter(self) -> ReplayDeadLetter:
        return ReplayDeadLetter(
            begin=self.begin,
            planner=self.planner,
            derivatives=self.derivative_planner,
            clock=self.clock,
            telemetry=self.telemetry,
        )

    @cached_property
    def discard_dead_letter(self) -> DiscardDeadLetter:
        return DiscardDeadLetter(begin=self.begin, clock=self.clock)

    @cached_property
    def relay_outbox(self) -> RelayOutbox:
        return RelayOutbox(
            begin=self.begin, publisher=self.publisher, clock=self.clock, telemetry=self.telemetry, tracing=self.tracing
        )
