"""The real application over the memory adapters, and clients of every role."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from standardwebhooks import Webhook

from adapters.auth.jwt import JwtVerifier, issue_token
from adapters.auth.links import HmacLinkSigner
from adapters.auth.webhooks import StandardWebhooksVerifier
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.unit_of_work import UnitOfWorkFactory
from domain.batches.limits import MIB
from domain.ids import BatchId, UserId
from domain.principal import Principal, Role
from entrypoints.http.app import create_app
from entrypoints.http.services import HttpServices, HttpSettings, Probes
from entrypoints.media_consumers.media_consumer import Toolbox
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from entrypoints.settings import Settings
from tests.application.uploads import ClientFile
from tests.application.world import World, principal
from tests.builders import IDS, OWNER, PHOTOGRAPHER
from tests.entrypoints.http.shared_app import Asking, HeldByAsked

SECRET = "a secret of 32 bytes, for tests only"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"of tests, 24 bytes long.").decode()
PUBLIC_URL = "https://vitrine.example"
LISTINGS = "/api/v2/listings"
UPLOADS = f"{LISTINGS}/media/uploads"
DOWNLOADS = f"{LISTINGS}/media/downloads/query"
MEDIA = "/api/v2/media"
DEAD_LETTERS = "/api/v2/dead-letters"
CALLBACKS = f"{LISTINGS}/media/callbacks"
APP_ORIGIN = "https://app.example"
TOOL_SETTINGS = Settings(attachment_image_max_bytes=MIB, attachment_document_max_bytes=8 * MIB)
"""What consumers of media are told."""
SETTINGS = HttpSettings(public_url=PUBLIC_URL, cors_origins=(APP_ORIGIN,))

PHOTOGRAPHER_PRINCIPAL = principal(PHOTOGRAPHER, Role.PHOTOGRAPHER)
PRINCIPALS = {
    "photographer": PHOTOGRAPHER_PRINCIPAL,
    "other photographer": principal(UserId(IDS.new()), Role.PHOTOGRAPHER),
    "owner": principal(OWNER, Role.OWNER),
    "other owner": principal(UserId(IDS.new()), Role.OWNER),
    "admin": principal(UserId(IDS.new()), Role.ADMIN),
    "service": principal(UserId(IDS.new()), Role.SERVICE),
    "nobody": principal(UserId(IDS.new())),
}


class Api(World):
    """`client` speaks as the photographer unless it is told otherwise."""

    client: httpx.AsyncClient
    app: Asking

    def __init__(self, folder: Path, *, begin: UnitOfWorkFactory | None = None, **options: Any) -> None:
        super().__init__(folder, **options)
        self.begin = begin or self.begin
        self.links = HmacLinkSigner(secret=b"a secret of tests", base_url=f"{PUBLIC_URL}{LISTINGS}/media/hls")
        self.token_verifier = JwtVerifier(secret=SECRET, now=self.clock.now)
        self.webhook_verifier = StandardWebhooksVerifier(secrets=[WEBHOOK_SECRET])
        self.reconcile = ReconcileAttachments(
            entity_types=self.entity_types, clock=self.clock, ids=self.ids, log=self.log
        )
        self.readiness: dict[str, Callable[[], Awaitable[None]]] = {}
        self.silent: list[str] = []

    def headers(self, who: Principal = PHOTOGRAPHER_PRINCIPAL) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(who)}"}

    def token(self, who: Principal = PHOTOGRAPHER_PRINCIPAL) -> str:
        return issue_token(SECRET, who, timedelta(hours=1), self.now)

    async def post(self, path: str, body: Any, *, who: Principal = PHOTOGRAPHER_PRINCIPAL) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self.headers(who))

    async def callback(self, report: Any, **signing: Any) -> httpx.Response:
        """`signing` are keywords of `signed`."""
        body = report if isinstance(report, bytes) else json.dumps(report).encode()
        return await self.client.post(CALLBACKS, content=body, headers=signed(body, **{"now": self.now, **signing}))

    def named(self, batch_id: BatchId) -> dict[str, str]:
        """The body that names a batch of the listing."""
        return {"listingId": str(self.listing.id), "batchId": str(batch_id)}

    async def processed(self, files: Sequence[ClientFile] | None = None, *, reference: str = "shoot") -> BatchId:
        batch_id = await self.receive(files, reference=reference)
        await self.work()
        return batch_id

    def silent_loops(self) -> Sequence[str]:
        return self.silent

    def services(self) -> HttpServices:
        async def metrics() -> bytes:
            return b"vitrine_up 1\n"

        return HttpServices(
            upsert_listing=self.upsert_listing,
            create_upload_batch=self.create_upload_batch,
            reissue_upload_urls=self.reissue_upload_urls,
            complete_upload_batch=self.complete_upload_batch,
            get_batch_status=self.get_batch_status,
            query_downloads=self.query_downloads,
            retry_batch=self.retry_batch,
            list_batches=self.list_batches,
            delete_batch=self.delete_batch,
            remove_asset=self.remove_asset,
            apply_callback=self.apply_callback,
            get_playlist=self.get_playlist,
            list_dead_letters=self.list_dead_letters,
            get_dead_letter=self.get_dead_letter,
            replay_dead_letter=self.replay_dead_letter,
            discard_dead_letter=self.discard_dead_letter,
            upload_media=self.upload_media,
            presign_upload=self.presign_upload,
            complete_upload=self.complete_upload,
            get_media=self.get_media,
            list_media=self.list_media,
            update_media=self.update_media,
            get_media_playlist=self.get_media_playlist,
            list_usages=self.list_usages,
            foresee_deletion=self.foresee_deletion,
            request_deletion=self.request_deletion,
            token_verifier=self.token_verifier,
            webhook_verifier=self.webhook_verifier,
            clock=self.clock,
            telemetry=self.telemetry,
            tracing=self.tracing,
            log=self.log,
            limits=self.limits,
            media_limits=self.size_limits,
            probes=Probes(
                readiness=self.readiness,
                metrics=metrics,
                log=self.log,
                silent_loops=self.silent_loops,
            ),
            consumer_routers=[router for consumer in MEDIA_CONSUMERS for router in consumer.routers(self.toolbox())],
        )

    def toolbox(self) -> Toolbox:
        return Toolbox(
            begin=self.begin,
            reconcile=self.reconcile,
            token_verifier=self.token_verifier,
            clock=self.clock,
            ids=self.ids,
            log=self.log,
            upload=self.upload_media,
            media_links=self.media_links,
            telemetry=self.telemetry,
            settings=TOOL_SETTINGS,
        )


class AskedApi:
    """For the services of the shared application."""

    services, toolbox = Api.services, Api.toolbox

    def __getattr__(self, name: str) -> HeldByAsked:
        return HeldByAsked(name)


@cache
def shared_app(settings: HttpSettings = SETTINGS) -> Litestar:
    return create_app(AskedApi().services(), settings)


@asynccontextmanager
async def open_api(folder: Path, *, settings: HttpSettings = SETTINGS, **options: Any) -> AsyncIterator[Api]:
    """An open listing and a client of the real application. `options` are those of World, and `begin` for another
    database than that in memory.
    """
    api = Api(folder, **options)
    await api.open_listing()
    api.app = Asking(shared_app(settings), api)
    # Errors must reach the client as answers: none may fall through to the server.
    transport = httpx.ASGITransport(app=api.app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as api.client:
        yield api


def announcement(files: Sequence[ClientFile], *, listing_id: Any, reference: str = "shoot") -> dict[str, Any]:
    """The JSON that announces these files."""
    return {"listingId": str(listing_id), "batchReference": reference, "files": [announced(file) for file in files]}


def announced(file: ClientFile) -> dict[str, Any]:
    told = file.announced
    return {
        "clientId": told.client_id,
        "mediaType": told.media_type,
        "filename": told.filename,
        "contentType": told.content_type,
        "bytes": told.size,
        "checksum": told.checksum,
        "sequence": told.sequence,
    } | ({"title": told.title} if told.title else {})


def signed(body: bytes, *, now: datetime, secret: str = WEBHOOK_SECRET, delivery: str | None = None) -> dict[str, str]:
    """The headers of Standard Webhooks over this body."""
    delivery = delivery or f"msg_{IDS.new()}"
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery, now, body.decode()),
        "content-type": "application/json",
    }
