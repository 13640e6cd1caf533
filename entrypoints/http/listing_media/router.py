"""The endpoints of listing media, each behind what it asks of its caller."""

from litestar import Router
from litestar.di import Provide

from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER, WEBHOOK_SIGNATURE
from entrypoints.http.listing_media.apply_callback import receive_callback
from entrypoints.http.listing_media.callback_signature import RefusalCounter, SignatureRequired
from entrypoints.http.listing_media.complete_upload_batch import complete_uploads
from entrypoints.http.listing_media.create_upload_batch import announce_uploads
from entrypoints.http.listing_media.delete_batch import delete_upload
from entrypoints.http.listing_media.get_batch_status import batch_status
from entrypoints.http.listing_media.get_playlist import play_video
from entrypoints.http.listing_media.list_batches import list_uploads
from entrypoints.http.listing_media.query_downloads import find_downloads
from entrypoints.http.listing_media.reissue_upload_urls import reissue_urls
from entrypoints.http.listing_media.remove_asset import delete_asset
from entrypoints.http.listing_media.retry_batch import retry_processing
from entrypoints.http.listing_media.upsert_listing import put_listing
from entrypoints.http.services import HttpServices

_PATH = "/api/v2/listings"
_WITH_TOKEN = [
    put_listing,
    announce_uploads,
    reissue_urls,
    complete_uploads,
    batch_status,
    find_downloads,
    retry_processing,
    list_uploads,
    delete_upload,
    delete_asset,
]


def listing_media_routers(services: HttpServices) -> list[Router]:
    with_token = Router(
        _PATH,
        route_handlers=_WITH_TOKEN,
        middleware=[TokenRequired(services.token_verifier)],
        dependencies=_use_cases(services),
        security=[{BEARER: []}],
        tags=["Listing media"],
    )
    with_signature = Router(
        _PATH,
        route_handlers=[receive_callback],
        middleware=[RefusalCounter(services.telemetry)],
        guards=[SignatureRequired(services.webhook_verifier, services.clock)],
        dependencies={"apply_callback": _given(services.apply_callback)},
        security=[{WEBHOOK_SIGNATURE: []}],
        tags=["External pipelines"],
    )
    with_link = Router(
        _PATH,
        route_handlers=[play_video],
        dependencies={"get_playlist": _given(services.get_playlist)},
        security=[{}],
        tags=["Playback"],
    )
    return [with_token, with_signature, with_link]


def _use_cases(services: HttpServices) -> dict[str, Provide]:
    return {
        "upsert_listing": _given(services.upsert_listing),
        "create_upload_batch": _given(services.create_upload_batch),
        "reissue_upload_urls": _given(services.reissue_upload_urls),
        "complete_upload_batch": _given(services.complete_upload_batch),
        "get_batch_status": _given(services.get_batch_status),
        "query_downloads": _given(services.query_downloads),
        "retry_batch": _given(services.retry_batch),
        "list_batches": _given(services.list_batches),
        "delete_batch": _given(services.delete_batch),
        "remove_asset": _given(services.remove_asset),
    }


def _given(use_case: object) -> Provide:
    return Provide(lambda: use_case, sync_to_thread=False)
