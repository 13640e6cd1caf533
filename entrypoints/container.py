"""The composition root: which adapter stands behind which port.

The graph is synchronous. What must be opened and closed (`Resources`) is handed in, so that a test swaps
PostgreSQL and S3 for memory by handing in something else.
"""

from datetime import timedelta

from dependency_injector import containers, providers

from adapters.archive.zip import ZipArchiveWriter
from adapters.auth.links import HmacLinkSigner
from adapters.auth.webhooks import StandardWebhooksVerifier
from adapters.documents.processor import DocumentProcessor
from adapters.imaging.probe import ChildImageProbe
from adapters.imaging.processor import CONTENT_TYPES as PICTURES
from adapters.imaging.processor import ImageProcessor
from adapters.sniffing.magic import MagicTypeSniffer
from adapters.video.processor import CONTENT_TYPES as VIDEOS
from adapters.video.processor import VideoProcessor
from adapters.web.client import AiohttpWebClient
from adapters.web.page_reader import ChildPageReader
from application.attachment_sets.link_ending import LinkEnding
from application.attachment_sets.link_handler import LinkHandler
from application.attachment_sets.set_keeper import SetKeeper
from application.attachments.delete_media import DeleteMedia
from application.attachments.fail_deletion import FailDeletion
from application.attachments.foresee_deletion import ForeseeDeletion
from application.attachments.list_usages import ListUsages
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.attachments.request_deletion import RequestDeletion
from application.attachments.resume_deletions import ResumeDeletions
from application.audit.audit_bytes import AuditBytes
from application.audit.audit_counts import AuditCounts
from application.audit.audit_media import AuditMedia
from application.audit.audit_uses import AuditUses
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
from application.dead_letters.forget_letters import ForgetLetters
from application.dead_letters.get_dead_letter import GetDeadLetter
from application.dead_letters.list_dead_letters import ListDeadLetters
from application.dead_letters.reject_message import RejectMessage
from application.dead_letters.replay_dead_letter import ReplayDeadLetter
from application.events.forget_processed import ForgetProcessed
from application.events.relay_outbox import ForgetPublished, RelayOutbox
from application.listings.take_booking_facts import TakeBookingFacts
from application.listings.take_listing_facts import TakeListingFacts
from application.listings.upsert_listing import UpsertListing
from application.media.collect_blobs import CollectBlobs
from application.media.complete_upload import CompleteUpload
from application.media.derivative_planner import DerivativePlanner
from application.media.expire_unfinished import ExpireUnfinished
from application.media.file_inspector import FileInspector
from application.media.get_media import GetMedia
from application.media.get_media_playlist import GetMediaPlaylist
from application.media.list_media import ListMedia
from application.media.media_ending import MediaEnding
from application.media.media_handler import MediaHandler
from application.media.media_links import MediaLinks
from application.media.note_blob_arrival import NoteBlobArrival
from application.media.note_blob_removal import NoteBlobRemoval
from application.media.note_rendition_removal import NoteRenditionRemoval
from application.media.presign_upload import PresignUpload
from application.media.promote_media import PromoteMedia
from application.media.release_from_quarantine import ReleaseFromQuarantine
from application.media.staging import Staging
from application.media.sweep_staging import SweepStaging
from application.media.unfinished_uploads import UnfinishedUploads
from application.media.update_media import UpdateMedia
from application.media.upload_media import UploadMedia
from application.media.upload_places import UploadPlaces
from application.playback.sign_playlist import SignPlaylist
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
from application.processing.lease_keeper import LeaseKeeper
from application.processing.plan import RunPlanner
from application.processing.process_original import ProcessOriginal
from application.processing.recover_tasks import RecoverTasks
from application.processing.sample_backlog import SampleBacklog
from application.processing.start_job import StartJob
from application.processing.work_on_task import WorkOnTask
from application.storage.notification import ObjectChange
from application.storage.route_notification import RouteNotification, StorageRoute
from application.storage.streamed_uploads import StreamedUploads
from domain.batches.object_keys import is_original, is_ours
from domain.media.object_keys import is_blob, is_rendition
from entrypoints.authorities import trusted_authorities
from entrypoints.media_consumers.attachment_terms import attachment_terms, preview_terms
from entrypoints.media_consumers.media_consumer import registered_types
from entrypoints.resources import Resources
from entrypoints.settings import Settings

_PUBLISHED_KEPT = timedelta(days=7)
_PROCESSED_KEPT = timedelta(days=30)
"""Longer than the broker keeps what arrives."""


class Container(containers.DeclarativeContainer):
    """Every use case of Vitrine. Call `check_dependencies()` after handing in the two dependencies."""

    settings = providers.Dependency(instance_of=Settings)
    resources = providers.Dependency(instance_of=Resources)

    begin = resources.provided.begin
    clock = resources.provided.clock
    ids = resources.provided.ids
    randomness = resources.provided.randomness
    log = resources.provided.log
    telemetry = resources.provided.telemetry
    tracing = resources.provided.tracing
    signer = resources.provided.signer
    store = resources.provided.store
    multipart = resources.provided.multipart
    streams = providers.Singleton(StreamedUploads, store=store, uploads=multipart, log=log)
    limits = settings.provided.limits
    retry = settings.provided.processing.retry

    links = providers.Singleton(
        HmacLinkSigner, secret=resources.provided.secrets.link_secret, base_url=settings.provided.playlist_url
    )
    webhook_verifier = providers.Singleton(StandardWebhooksVerifier, secrets=resources.provided.secrets.webhook_secrets)

    # Who uses media.
    entity_types = providers.Singleton(registered_types, resources.provided.media_consumers)
    reconcile_attachments = providers.Singleton(
        ReconcileAttachments, entity_types=entity_types, clock=clock, ids=ids, log=log
    )

    tickets = providers.Singleton(TicketOffice, signer=signer, limits=limits)
    opener = providers.Singleton(MultipartOpener, begin=begin, multipart=multipart, clock=clock, limits=limits)
    verify_uploads = providers.Singleton(VerifyUploads, store=store, multipart=multipart)
    planner = providers.Singleton(RunPlanner, ids=ids, policy=settings.provided.processing, tracing=tracing)
    derivative_planner = providers.Singleton(DerivativePlanner, ids=ids, retry=retry)

    # Listings and batches, called over HTTP.
    upsert_listing = providers.Singleton(UpsertListing, begin=begin, clock=clock)
    expire_upload = providers.Singleton(
        ExpireUpload, begin=begin, store=store, multipart=multipart, clock=clock, telemetry=telemetry
    )
    create_upload_batch = providers.Singleton(
        CreateUploadBatch,
        begin=begin,
        expire=expire_upload,
        opener=opener,
        tickets=tickets,
        clock=clock,
        ids=ids,
        limits=limits,
        telemetry=telemetry,
    )
    reissue_upload_urls = providers.Singleton(
        ReissueUploadUrls,
        begin=begin,
        store=store,
        multipart=multipart,
        opener=opener,
        tickets=tickets,
        clock=clock,
    )
    complete_upload_batch = providers.Singleton(
        CompleteUploadBatch,
        begin=begin,
        verify=verify_uploads,
        store=store,
        multipart=multipart,
        planner=planner,
        clock=clock,
    )
    get_batch_status = providers.Singleton(GetBatchStatus, begin=begin)
    query_downloads = providers.Singleton(
        QueryDownloads, begin=begin, signer=signer, links=links, clock=clock, limits=limits
    )
    retry_batch = providers.Singleton(RetryBatch, begin=begin, planner=planner, clock=clock, telemetry=telemetry)
    list_batches = providers.Singleton(ListBatches, begin=begin)
    delete_batch = providers.Singleton(DeleteBatch, begin=begin, multipart=multipart, clock=clock)
    remove_asset = providers.Singleton(RemoveAsset, begin=begin, store=store, clock=clock)
    get_playlist = providers.Singleton(
        GetPlaylist,
        begin=begin,
        sign_playlist=providers.Singleton(SignPlaylist, store=store, signer=signer, links=links),
        links=links,
        clock=clock,
    )
    apply_callback = providers.Singleton(ApplyCallback, begin=begin, store=store, clock=clock, telemetry=telemetry)

    # The media library, called over HTTP.
    media_playlist_links = providers.Singleton(
        HmacLinkSigner,
        secret=resources.provided.secrets.link_secret,
        base_url=settings.provided.media_playlist_url,
    )
    media_links = providers.Singleton(
        MediaLinks,
        signer=signer,
        links=media_playlist_links,
        clock=clock,
        lifetime=limits.download_url_lifetime,
        confidential_lifetime=settings.provided.confidential_lifetime,
    )
    get_media = providers.Singleton(GetMedia, begin=begin, links=media_links)
    list_media = providers.Singleton(ListMedia, begin=begin, links=media_links)
    update_media = providers.Singleton(UpdateMedia, begin=begin, clock=clock)
    get_media_playlist = providers.Singleton(
        GetMediaPlaylist,
        begin=begin,
        sign_playlist=providers.Singleton(SignPlaylist, store=store, signer=signer, links=media_playlist_links),
        links=media_playlist_links,
        clock=clock,
    )
    list_usages = providers.Singleton(ListUsages, begin=begin, entity_types=entity_types)
    foresee_deletion = providers.Singleton(ForeseeDeletion, begin=begin, entity_types=entity_types)
    request_deletion = providers.Singleton(
        RequestDeletion, begin=begin, entity_types=entity_types, clock=clock, log=log
    )

    # What was given up on.
    bury_task = providers.Singleton(BuryTask, ids=ids)
    reject_message = providers.Singleton(RejectMessage, begin=begin, clock=clock, ids=ids, telemetry=telemetry)
    list_dead_letters = providers.Singleton(ListDeadLetters, begin=begin)
    get_dead_letter = providers.Singleton(GetDeadLetter, begin=begin)
    replay_dead_letter = providers.Singleton(
        ReplayDeadLetter,
        begin=begin,
        planner=planner,
        derivatives=derivative_planner,
        clock=clock,
        telemetry=telemetry,
    )
    discard_dead_letter = providers.Singleton(DiscardDeadLetter, begin=begin, clock=clock)

    # What arrives from outside.
    take_listing_facts = providers.Singleton(TakeListingFacts, begin=begin, clock=clock)
    take_booking_facts = providers.Singleton(TakeBookingFacts, begin=begin, clock=clock)
    note_arrival = providers.Singleton(NoteArrival, begin=begin, clock=clock)
    note_removal = providers.Singleton(NoteRemoval, begin=begin, store=store, clock=clock, telemetry=telemetry, log=log)
    release_from_quarantine = providers.Singleton(ReleaseFromQuarantine, begin=begin, clock=clock, log=log)
    note_blob_arrival = providers.Singleton(NoteBlobArrival, begin=begin, store=store, release=release_from_quarantine)
    note_blob_removal = providers.Singleton(
        NoteBlobRemoval,
        begin=begin,
        store=store,
        entity_types=entity_types,
        release=release_from_quarantine,
        clock=clock,
        telemetry=telemetry,
        log=log,
    )
    note_rendition_removal = providers.Singleton(
        NoteRenditionRemoval, begin=begin, store=store, clock=clock, telemetry=telemetry, log=log
    )
    storage_routes = providers.List(
        providers.Singleton(StorageRoute, change=ObjectChange.CREATED, owns=is_original, take=note_arrival),
        providers.Singleton(StorageRoute, change=ObjectChange.REMOVED, owns=is_ours, take=note_removal),
        providers.Singleton(StorageRoute, change=ObjectChange.CREATED, owns=is_blob, take=note_blob_arrival),
        providers.Singleton(StorageRoute, change=ObjectChange.REMOVED, owns=is_blob, take=note_blob_removal),
        providers.Singleton(StorageRoute, change=ObjectChange.REMOVED, owns=is_rendition, take=note_rendition_removal),
    )
    route_notification = providers.Singleton(
        RouteNotification, bucket=settings.provided.s3_bucket, routes=storage_routes
    )

    # How media gets in.
    staging = providers.Singleton(Staging, store=store, log=log)
    unfinished_uploads = providers.Singleton(UnfinishedUploads, begin=begin, staging=staging, clock=clock)
    inspector = providers.Singleton(
        FileInspector,
        sniffer=providers.Singleton(MagicTypeSniffer),
        probe=providers.Singleton(
            ChildImageProbe, resources.provided.probes, pixel_limit=settings.provided.pixel_limit
        ),
    )
    promote_media = providers.Singleton(
        PromoteMedia,
        begin=begin,
        store=store,
        planner=derivative_planner,
        release=release_from_quarantine,
        clock=clock,
        ids=ids,
        media_url=settings.provided.media_url,
    )
    upload_places = providers.Singleton(UploadPlaces, at_once=settings.provided.media_uploads_at_once)
    upload_media = providers.Singleton(
        UploadMedia,
        begin=begin,
        store=store,
        streams=streams,
        inspector=inspector,
        promote=promote_media,
        staging=staging,
        unfinished=unfinished_uploads,
        clock=clock,
        ids=ids,
        log=log,
        limits=settings.provided.media_limits,
        places=upload_places,
    )
    presign_upload = providers.Singleton(
        PresignUpload,
        begin=begin,
        signer=signer,
        clock=clock,
        ids=ids,
        limits=settings.provided.media_limits,
        url_lifetime=settings.provided.upload_urls_live_for,
    )
    complete_upload = providers.Singleton(
        CompleteUpload,
        begin=begin,
        store=store,
        inspector=inspector,
        promote=promote_media,
        staging=staging,
        unfinished=unfinished_uploads,
        clock=clock,
        url_lifetime=settings.provided.upload_urls_live_for,
    )
    expire_unfinished = providers.Singleton(
        ExpireUnfinished,
        begin=begin,
        unfinished=unfinished_uploads,
        clock=clock,
        window=settings.provided.media_upload_patience,
    )
    sweep_staging = providers.Singleton(
        SweepStaging,
        begin=begin,
        store=store,
        uploads=multipart,
        clock=clock,
        patience=settings.provided.upload_urls_live_for,
    )

    # What ends media.
    delete_media = providers.Singleton(
        DeleteMedia,
        begin=begin,
        store=store,
        entity_types=entity_types,
        clock=clock,
        telemetry=telemetry,
        log=log,
    )
    fail_deletion = providers.Singleton(FailDeletion, begin=begin, clock=clock, ids=ids, telemetry=telemetry, log=log)
    resume_deletions = providers.Singleton(
        ResumeDeletions, begin=begin, clock=clock, pause=settings.provided.deletion_pause
    )
    collect_blobs = providers.Singleton(
        CollectBlobs,
        begin=begin,
        store=store,
        clock=clock,
        grace=settings.provided.grace_of_blobs,
        telemetry=telemetry,
        log=log,
    )

    # The pipeline.
    images = providers.Singleton(ImageProcessor, resources.provided.decoders, pixel_limit=settings.provided.pixel_limit)
    documents = providers.Singleton(DocumentProcessor, resources.provided.decoders, images=images)
    web = providers.Singleton(
        AiohttpWebClient,
        patience=settings.provided.web_patience,
        allowed=settings.provided.web_networks,
        authorities=providers.Object(trusted_authorities),
    )
    pages = providers.Singleton(ChildPageReader, resources.provided.decoders)
    videos = providers.Singleton(
        VideoProcessor,
        resources.provided.decoders,
        images=images,
        launcher=resources.provided.confinement,
        duration_limit=settings.provided.video_max_seconds,
    )
    processors = providers.Dict(
        {
            **dict.fromkeys(sorted(PICTURES), images),
            **dict.fromkeys(sorted(VIDEOS), videos),
            "application/pdf": documents,
        }
    )
    process_original = providers.Singleton(
        ProcessOriginal,
        store=store,
        sniffer=providers.Singleton(MagicTypeSniffer),
        processors=processors,
        workspace=resources.provided.workspace,
    )
    build_archive = providers.Singleton(
        BuildArchive, begin=begin, writer=providers.Singleton(ZipArchiveWriter, store, streams)
    )
    start_job = providers.Singleton(StartJob, begin=begin, clock=clock, log=log)
    handlers = providers.Singleton(
        BySort,
        asset=providers.Singleton(AssetHandler, start_job=start_job, process=process_original),
        archive=providers.Singleton(ArchiveHandler, start_job=start_job, build=build_archive),
        media=providers.Singleton(MediaHandler, process=process_original),
        link=providers.Singleton(
            LinkHandler,
            web=web,
            reader=pages,
            inspector=inspector,
            upload=upload_media,
            terms=providers.Singleton(attachment_terms, settings),
            preview_terms=providers.Singleton(preview_terms, settings),
            keeper=providers.Singleton(SetKeeper, reconcile=reconcile_attachments, telemetry=telemetry),
            clock=clock,
            log=log,
        ),
    )
    endings = providers.Singleton(
        BySort,
        asset=providers.Singleton(AssetEnding, planner=planner, bury=bury_task),
        archive=providers.Singleton(ArchiveEnding, bury=bury_task, telemetry=telemetry),
        media=providers.Singleton(MediaEnding, bury=bury_task, store=store, log=log),
        link=providers.Singleton(LinkEnding, log=log),
    )
    find_waiting_tasks = providers.Singleton(FindWaitingTasks, begin=begin, clock=clock)
    claim_task = providers.Singleton(
        ClaimTask, begin=begin, handlers=handlers, clock=clock, policy=settings.provided.lease_policy
    )
    finish_task = providers.Singleton(FinishTask, begin=begin, endings=endings, clock=clock)
    hand_back_task = providers.Singleton(HandBackTask, begin=begin, clock=clock, log=log)
    work_on_task = providers.Singleton(
        WorkOnTask,
        begin=begin,
        keeper=providers.Singleton(
            LeaseKeeper, begin=begin, clock=clock, policy=settings.provided.lease_policy, tracing=tracing
        ),
        handlers=handlers,
        finish=finish_task,
        hand_back=hand_back_task,
        retry=retry,
        clock=clock,
        randomness=randomness,
        telemetry=telemetry,
        tracing=tracing,
        log=log,
    )

    audit_media = providers.Singleton(
        AuditMedia,
        uses=providers.Singleton(AuditUses, begin=begin, entity_types=entity_types, clock=clock, ids=ids),
        counts=providers.Singleton(AuditCounts, begin=begin, clock=clock),
        stored=providers.Singleton(
            AuditBytes, begin=begin, store=store, clock=clock, ids=ids, removed=note_blob_removal
        ),
    )

    # The relay and the sweeper.
    relay_outbox = providers.Singleton(
        RelayOutbox,
        begin=begin,
        publisher=resources.provided.publisher,
        clock=clock,
        telemetry=telemetry,
        tracing=tracing,
    )
    recover_tasks = providers.Singleton(
        RecoverTasks,
        begin=begin,
        endings=endings,
        clock=clock,
        randomness=randomness,
        retry=retry,
        telemetry=telemetry,
        tracing=tracing,
        log=log,
    )
    expire_uploads = providers.Singleton(ExpireUploads, begin=begin, expire=expire_upload, clock=clock)
    expire_external_jobs = providers.Singleton(
        ExpireExternalJobs,
        begin=begin,
        clock=clock,
        telemetry=telemetry,
        tracing=tracing,
        answer_within=settings.provided.external_patience,
    )
    forget_letters = providers.Singleton(
        ForgetLetters, begin=begin, clock=clock, keep=settings.provided.letters_kept_for
    )
    forget_processed = providers.Singleton(ForgetProcessed, begin=begin, clock=clock, keep=_PROCESSED_KEPT)
    forget_published = providers.Singleton(ForgetPublished, begin=begin, clock=clock, keep=_PUBLISHED_KEPT)
    sample_backlog = providers.Singleton(SampleBacklog, begin=begin, clock=clock)
