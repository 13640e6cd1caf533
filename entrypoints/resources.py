"""What must be opened before the work and closed after it."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from socket import gethostname
from tempfile import gettempdir

from adapters.documents.processor import RENDER_FIRST_PAGE
from adapters.imaging.probe import READ_HEADER
from adapters.imaging.processor import DERIVE_IMAGES
from adapters.postgres.bell import PostgresOutboxBell
from adapters.postgres.engine import open_engine
from adapters.postgres.ping import ping
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from adapters.s3.bucket import prepare_bucket
from adapters.s3.connection import open_s3
from adapters.s3.multipart import S3MultipartUploads
from adapters.s3.signer import SigV4UrlSigner
from adapters.s3.store import S3ObjectStore
from adapters.sandbox.confinement import Limits, confined
from adapters.sandbox.pool import ChildProcessPool
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Ids
from adapters.system.randomness import SystemRandomness
from adapters.system.workspace import DiskWorkspace
from adapters.telemetry.log import StructuredLog
from adapters.telemetry.metrics import PrometheusTelemetry
from adapters.telemetry.tracing import Service, open_tracing
from adapters.video.processor import PROBE_VIDEO
from adapters.web.page_reader import READ_PAGE
from application.ports.clock import Clock
from application.ports.decoding import IsolatedRunner
from application.ports.ids import Ids
from application.ports.log import Log
from application.ports.messaging import MessagePublisher, OutboxBell
from application.ports.randomness import Randomness
from application.ports.storage import MultipartUploads, ObjectStore, UrlSigner
from application.ports.tracing import Tracing
from application.ports.workspace import Workspace
from application.unit_of_work import UnitOfWorkFactory
from entrypoints.authorities import trusted_authorities
from entrypoints.consumer.loops import Loops
from entrypoints.media_consumers.media_consumer import MediaConsumer, postgres_repositories
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from entrypoints.messaging import Messaging, open_messaging
from entrypoints.role import Role
from entrypoints.secrets import Secrets
from entrypoints.services import Services, data_dir
from entrypoints.settings import Settings

Readiness = Callable[[], Awaitable[None]]
"""Raises when the dependency does not answer."""

_DECODER_FUNCTIONS = (DERIVE_IMAGES, RENDER_FIRST_PAGE, PROBE_VIDEO, READ_PAGE, READ_HEADER)
_PROBES = 2
"""A look takes milliseconds; one that hangs holds up no others."""
_FFMPEG = Limits(memory=4 << 30, file_size=64 << 30, nice=15)
"""A transcode takes minutes whatever happens, a photo a moment: of two that want a core the photo gets nine tenths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Everything that the container is given. `confinement` begins the command line of ffmpeg.

    What only some roles need is None for the others: decoders and workspace those that process media, secrets those
    that take uploads, probes both. Those for uploads look at headers alone, and never wait behind a decoder.
    """

    begin: UnitOfWorkFactory
    media_consumers: Sequence[MediaConsumer]
    signer: UrlSigner
    store: ObjectStore
    multipart: MultipartUploads
    publisher: MessagePublisher
    messaging: Messaging
    bell: OutboxBell
    decoders: IsolatedRunner | None
    probes: IsolatedRunner | None
    confinement: Sequence[str]
    workspace: Workspace | None
    clock: Clock
    ids: Ids
    randomness: Randomness
    log: Log
    telemetry: PrometheusTelemetry
    tracing: Tracing
    secrets: Secrets | None
    loops: Loops
    readiness: Mapping[str, Readiness]


@asynccontextmanager
async def open_resources(
    settings: Settings,
    services: Services,
    role: Role = Role.ALL,
    *,
    media_consumers: Sequence[MediaConsumer] = MEDIA_CONSUMERS,
) -> AsyncIterator[Resources]:
    """Open pool, store and decoders; close them in reverse order. The database is migrated already."""
    secrets = Secrets.of(settings) if role.takes_uploads else None
    log, loops = StructuredLog(), Loops()
    async with AsyncExitStack() as stack:
        tracing = await stack.enter_async_context(_open_tracing(settings, role))
        engine = open_engine(services.database_url, application_name=f"vitrine-{role}")
        stack.push_async_callback(engine.dispose)
        connection = await stack.enter_async_context(open_s3(services.bucket, authorities=trusted_authorities))
        if role.serves_api:
            await prepare_bucket(connection, cors_origins=settings.origins)
        decoders, probes, workspace = None, None, None
        if role.takes_uploads:
            probes = await stack.enter_async_context(
                ChildProcessPool(functions=(READ_HEADER,), size=_PROBES, memory_limit=settings.decoder_memory)
            )
        if role.processes_media:
            decoders = await stack.enter_async_context(
                ChildProcessPool(
                    functions=_DECODER_FUNCTIONS, size=settings.decoder_count, memory_limit=settings.decoder_memory
                )
            )
            # Files that a worker finds on the web may wait behind others: nobody waits for an answer.
            probes = probes or decoders
            workspace = DiskWorkspace(_work_folder(settings))
            stack.callback(workspace.close)
        messaging = await stack.enter_async_context(open_messaging(settings, loops, log))
        bell = await stack.enter_async_context(
            PostgresOutboxBell(
                services.database_url,
                on_trouble=lambda error: log.warning("outbox.bell_silent", detail=str(error) or type(error).__name__),
            )
        )
        store = S3ObjectStore(connection)
        ids = Uuid7Ids()
        yield Resources(
            begin=PostgresUnitOfWorkFactory(
                engine, ids, headers=tracing.headers, repositories=postgres_repositories(media_consumers)
            ),
            media_consumers=media_consumers,
            signer=SigV4UrlSigner(services.public_bucket),
            store=store,
            multipart=S3MultipartUploads(connection),
            publisher=messaging.publisher,
            messaging=messaging,
            bell=bell,
            decoders=decoders,
            probes=probes,
            confinement=confined(_FFMPEG),
            workspace=workspace,
            clock=SystemClock(),
            ids=ids,
            randomness=SystemRandomness(),
            log=log,
            telemetry=PrometheusTelemetry(),
            tracing=tracing,
            secrets=secrets,
            loops=loops,
            readiness=_readiness(settings, role, lambda: ping(engine), store, messaging),
        )


def _readiness(
    settings: Settings, role: Role, database: Readiness, store: ObjectStore, messaging: Messaging
) -> Mapping[str, Readiness]:
    """The API does without Kafka: what it has to say waits in the outbox."""
    needed: dict[str, Readiness] = {"database": database, "objects": lambda: _ping_store(store)}
    if settings.kafka_servers is not None and role is not Role.API:
        needed["messages"] = messaging.ping
    return needed


def _open_tracing(settings: Settings, role: Role) -> AbstractAsyncContextManager[Tracing]:
    service = Service(name=f"vitrine-{role}", version=version("vitrine"), instance=f"{gethostname()}-{os.getpid()}")
    return open_tracing(service, endpoint=settings.otlp_endpoint, sample=settings.trace_sample)


def _work_folder(settings: Settings) -> Path:
    if settings.work_dir is not None:
        return Path(settings.work_dir)
    if settings.embeds_services:
        return data_dir(settings) / "work"
    return Path(gettempdir()) / f"vitrine-{os.getuid()}"


async def _ping_store(store: ObjectStore) -> None:
    await store.head("readiness")
