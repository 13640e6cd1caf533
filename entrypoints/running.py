"""Puts the parts of Vitrine to work in this process, until it is told to stop."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from adapters.auth.jwt import JwtVerifier
from application.events.routing import LISTING_MEDIA_TOPIC, dead_letter_topic, task_topic
from domain.jobs.task import TaskKind
from entrypoints.consumer.event_log import EventLog
from entrypoints.consumer.relay import Relay
from entrypoints.consumer.sweeper import Sweeper
from entrypoints.consumer.worker import Worker
from entrypoints.container import Container
from entrypoints.garbage import spare_what_is_open
from entrypoints.http.app import create_app
from entrypoints.http.server import HttpServer
from entrypoints.http.services import HttpServices, HttpSettings
from entrypoints.resources import Resources, open_resources
from entrypoints.services import Services, open_services
from entrypoints.settings import Settings
from migrations.upgrade import upgrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitrine:
    """A process with everything open. `container` is typed loosely: its attributes are providers."""

    settings: Settings
    services: Services
    resources: Resources
    container: Container


@asynccontextmanager
async def open_vitrine(settings: Settings) -> AsyncIterator[Vitrine]:
    """Start what is embedded, bring the schema up to date, open everything, wire it."""
    async with open_services(settings) as services:
        await upgrade(services.database_url)
        async with open_resources(settings, services) as resources:
            yield Vitrine(
                settings=settings, services=services, resources=resources, container=wire(settings, resources)
            )


def wire(settings: Settings, resources: Resources) -> Container:
    """Raises when a dependency of the graph is missing or of the wrong kind."""
    container = Container(settings=settings, resources=resources)
    container.check_dependencies()
    return container


async def run_all(
    vitrine: Vitrine, *, started: Callable[[HttpServer], Awaitable[None]], stop: asyncio.Event | None = None
) -> None:
    """API, workers, relay and sweeper in one process, until `stop` is set; without it, until SIGINT or SIGTERM.

    `started` is told once HTTP answers. On the way out HTTP stops first, then workers give back their leases.
    """
    server = http_server(vitrine)
    stop = stop or _stop_signal()
    await _announce_all(vitrine)
    async with asyncio.TaskGroup() as group:
        parts = [group.create_task(part) for part in _background(vitrine)]
        serving = group.create_task(server.serve())
        await server.ready()
        spare_what_is_open()
        await started(server)
        await asyncio.wait([asyncio.create_task(stop.wait()), serving, *parts], return_when=asyncio.FIRST_COMPLETED)
        await server.stop()
        for part in parts:
            part.cancel()


def http_server(vitrine: Vitrine) -> HttpServer:
    settings = vitrine.settings
    app = create_app(
        http_services(vitrine),
        HttpSettings(cors_origins=settings.origins, public_url=settings.base_url),
    )
    return HttpServer(app, host=settings.host, port=settings.port)


def http_services(vitrine: Vitrine) -> HttpServices:
    """What the HTTP entrypoint may call."""
    container, resources, settings = vitrine.container, vitrine.resources, vitrine.settings
    telemetry = resources.telemetry

    async def metrics() -> bytes:
        return telemetry.render(await container.sample_backlog()())

    return HttpServices(
        upsert_listing=container.upsert_listing(),
        create_upload_batch=container.create_upload_batch(),
        reissue_upload_urls=container.reissue_upload_urls(),
        complete_upload_batch=container.complete_upload_batch(),
        get_batch_status=container.get_batch_status(),
        query_downloads=container.query_downloads(),
        retry_batch=container.retry_batch(),
        list_batches=container.list_batches(),
        delete_batch=container.delete_batch(),
        remove_asset=container.remove_asset(),
        apply_callback=container.apply_callback(),
        get_playlist=container.get_playlist(),
        token_verifier=JwtVerifier(
            secret=resources.secrets.jwt_secret,
            jwks_url=settings.jwks_url,
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
        ),
        webhook_verifier=container.webhook_verifier(),
        clock=resources.clock,
        telemetry=telemetry,
        log=resources.log,
        limits=settings.limits,
        readiness=resources.readiness,
        metrics=metrics,
    )


def workers(vitrine: Vitrine) -> list[Worker]:
    """One a kind: a video never takes the place of a photo."""
    settings, resources = vitrine.settings, vitrine.resources
    places = {
        TaskKind.IMAGE: settings.image_places,
        TaskKind.VIDEO: settings.video_workers,
        TaskKind.ARCHIVE: settings.archive_workers,
    }
    name = f"{socket.gethostname()}-{os.getpid()}"
    return [
        Worker(
            subscription=resources.bus.subscribe([task_topic(kind)]),
            work=vitrine.container.work_on_task(),
            concurrency=concurrency,
            name=name,
            log=resources.log,
        )
        for kind, concurrency in places.items()
    ]


def sweeper(vitrine: Vitrine) -> Sweeper:
    container = vitrine.container
    return Sweeper(
        passes={
            "expired-uploads": container.expire_uploads(),
            "stuck-tasks": container.recover_tasks(),
            "silent-pipelines": container.expire_external_jobs(),
            "published-messages": container.forget_published(),
        },
        every=timedelta(seconds=vitrine.settings.sweep_every),
        log=vitrine.resources.log,
    )


def _background(vitrine: Vitrine) -> list[Coroutine[None, None, None]]:
    resources = vitrine.resources
    relay = Relay(relay_outbox=vitrine.container.relay_outbox(), bell=resources.bell, log=resources.log)
    topics = [LISTING_MEDIA_TOPIC, *(dead_letter_topic(task_topic(kind)) for kind in TaskKind)]
    events = EventLog(subscription=resources.bus.subscribe(topics), log=resources.log)
    return [*(worker.run() for worker in workers(vitrine)), events.run(), relay.run(), sweeper(vitrine).run()]


async def _announce_all(vitrine: Vitrine) -> None:
    """Pointers that were in memory when the last process ended are gone: every waiting task is announced again."""
    recover = vitrine.container.recover_tasks()
    start = vitrine.resources.clock.now()
    while await recover(waiting_since_before=start):
        pass


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
