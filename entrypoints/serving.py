"""The HTTP side of a process: the API, or probes alone."""

from adapters.auth.jwt import JwtVerifier
from entrypoints.authorities import trusted_authorities
from entrypoints.http.app import create_app, create_probes
from entrypoints.http.server import HttpServer
from entrypoints.http.services import HttpServices, HttpSettings, Probes
from entrypoints.media_consumers.media_consumer import Toolbox
from entrypoints.vitrine import Vitrine


def api_server(vitrine: Vitrine) -> HttpServer:
    settings = vitrine.settings
    app = create_app(
        http_services(vitrine),
        HttpSettings(cors_origins=settings.origins, public_url=settings.base_url),
    )
    return HttpServer(app, host=settings.host, port=settings.port)


def probe_server(vitrine: Vitrine) -> HttpServer:
    return HttpServer(create_probes(probes(vitrine)), host=vitrine.settings.host, port=vitrine.settings.port)


def probes(vitrine: Vitrine) -> Probes:
    resources, sample_backlog = vitrine.resources, vitrine.container.sample_backlog()

    async def metrics() -> bytes:
        return resources.telemetry.render(await sample_backlog(), resources.loops.ages())

    return Probes(
        readiness=resources.readiness,
        metrics=metrics,
        log=resources.log,
        silent_loops=lambda: resources.loops.silent(vitrine.settings.longest_silence),
    )


def toolbox(vitrine: Vitrine) -> Toolbox:
    """Of a process that takes uploads."""
    container, resources, settings = vitrine.container, vitrine.resources, vitrine.settings
    assert resources.secrets is not None
    token_verifier = JwtVerifier(
        secret=resources.secrets.jwt_secret,
        jwks_url=settings.jwks_url,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        authorities=trusted_authorities,
    )
    return Toolbox(
        begin=resources.begin,
        reconcile=container.reconcile_attachments(),
        token_verifier=token_verifier,
        clock=resources.clock,
        ids=resources.ids,
        log=resources.log,
        upload=container.upload_media(),
        media_links=container.media_links(),
        telemetry=resources.telemetry,
        settings=settings,
    )


def http_services(vitrine: Vitrine) -> HttpServices:
    """What the HTTP entrypoint may call."""
    container, resources, settings = vitrine.container, vitrine.resources, vitrine.settings
    tools = toolbox(vitrine)
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
        list_dead_letters=container.list_dead_letters(),
        get_dead_letter=container.get_dead_letter(),
        replay_dead_letter=container.replay_dead_letter(),
        discard_dead_letter=container.discard_dead_letter(),
        upload_media=container.upload_media(),
        presign_upload=container.presign_upload(),
        complete_upload=container.complete_upload(),
        get_media=container.get_media(),
        list_media=container.list_media(),
        update_media=container.update_media(),
        get_media_playlist=container.get_media_playlist(),
        list_usages=container.list_usages(),
        foresee_deletion=container.foresee_deletion(),
        request_deletion=container.request_deletion(),
        token_verifier=tools.token_verifier,
        webhook_verifier=container.webhook_verifier(),
        clock=resources.clock,
        telemetry=resources.telemetry,
        tracing=resources.tracing,
        log=resources.log,
        limits=settings.limits,
        media_limits=settings.media_limits,
        probes=probes(vitrine),
        consumer_routers=[router for consumer in resources.media_consumers for router in consumer.routers(tools)],
    )
