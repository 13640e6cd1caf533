"""What the HTTP entrypoint is given: use cases, and the few ports that it needs itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from litestar import Router

from application.attachments.foresee_deletion import ForeseeDeletion
from application.attachments.list_usages import ListUsages
from application.attachments.request_deletion import RequestDeletion
from application.batches.complete_upload_batch import CompleteUploadBatch
from application.batches.create_upload_batch import CreateUploadBatch
from application.batches.delete_batch import DeleteBatch
from application.batches.get_batch_status import GetBatchStatus
from application.batches.get_playlist import GetPlaylist
from application.batches.list_batches import ListBatches
from application.batches.query_downloads import QueryDownloads
from application.batches.reissue_upload_urls import ReissueUploadUrls
from application.batches.remove_asset import RemoveAsset
from application.batches.retry_batch import RetryBatch
from application.dead_letters.discard_dead_letter import DiscardDeadLetter
from application.dead_letters.get_dead_letter import GetDeadLetter
from application.dead_letters.list_dead_letters import ListDeadLetters
from application.dead_letters.replay_dead_letter import ReplayDeadLetter
from application.listings.upsert_listing import UpsertListing
from application.media.complete_upload import CompleteUpload
from application.media.get_media import GetMedia
from application.media.get_media_playlist import GetMediaPlaylist
from application.media.list_media import ListMedia
from application.media.presign_upload import PresignUpload
from application.media.update_media import UpdateMedia
from application.media.upload_media import UploadMedia
from application.ports.auth import TokenVerifier, WebhookVerifier
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.telemetry import Telemetry
from application.ports.tracing import Tracing
from application.processing.apply_callback import ApplyCallback
from domain.batches.limits import MIB, UploadLimits
from domain.media.kind import SizeLimits


def _no_loops() -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """`readiness` names the dependencies; each call raises when its dependency does not answer. `metrics` answers
    the Prometheus text format. `silent_loops` names those that hang. `timeout` bounds each check, and the metrics.
    """

    readiness: Mapping[str, Callable[[], Awaitable[None]]]
    metrics: Callable[[], Awaitable[bytes]]
    log: Log
    silent_loops: Callable[[], Sequence[str]] = _no_loops
    timeout: timedelta = timedelta(seconds=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpServices:
    """`limits` are those that `create_upload_batch` goes by, `media_limits` those of the library; `consumer_routers`
    those of the consumers of media.
    """

    upsert_listing: UpsertListing
    create_upload_batch: CreateUploadBatch
    reissue_upload_urls: ReissueUploadUrls
    complete_upload_batch: CompleteUploadBatch
    get_batch_status: GetBatchStatus
    query_downloads: QueryDownloads
    retry_batch: RetryBatch
    list_batches: ListBatches
    delete_batch: DeleteBatch
    remove_asset: RemoveAsset
    apply_callback: ApplyCallback
    get_playlist: GetPlaylist
    list_dead_letters: ListDeadLetters
    get_dead_letter: GetDeadLetter
    replay_dead_letter: ReplayDeadLetter
    discard_dead_letter: DiscardDeadLetter
    upload_media: UploadMedia
    presign_upload: PresignUpload
    complete_upload: CompleteUpload
    get_media: GetMedia
    list_media: ListMedia
    update_media: UpdateMedia
    get_media_playlist: GetMediaPlaylist
    list_usages: ListUsages
    foresee_deletion: ForeseeDeletion
    request_deletion: RequestDeletion
    token_verifier: TokenVerifier
    webhook_verifier: WebhookVerifier
    clock: Clock
    telemetry: Telemetry
    tracing: Tracing
    log: Log
    limits: UploadLimits
    media_limits: SizeLimits
    probes: Probes
    consumer_routers: Sequence[Router] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """`public_url` is the address of the API as clients see it; `cors_origins` may hold "*"."""

    public_url: str
    cors_origins: Sequence[str] = ()
    max_body_bytes: int = 2 * MIB
    body_timeout: timedelta = timedelta(seconds=30)
    """How long a client may take to send a body, and how long it may be silent while it sends a file."""
    upload_timeout: timedelta = timedelta(hours=1)
    """How long a client may take to send a file."""
