"""The HTTP API as one ASGI application."""

from litestar import Litestar, get
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.response import Redirect

from entrypoints.http.dead_letters.router import dead_letters_router
from entrypoints.http.documentation.document import DOCS_PATH, openapi_config
from entrypoints.http.early_answer import EarlyAnswer
from entrypoints.http.health import health_router
from entrypoints.http.listing_media.router import listing_media_routers
from entrypoints.http.media.router import media_routers
from entrypoints.http.problems import exception_handlers
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.request_log import RequestLog
from entrypoints.http.request_trace import RequestTrace
from entrypoints.http.services import HttpServices, HttpSettings, Probes


def create_app(services: HttpServices, settings: HttpSettings) -> Litestar:
    """Opens nothing and closes nothing: what `services` holds is its owner's."""
    app = Litestar(
        route_handlers=[
            _home,
            health_router(services.probes),
            *listing_media_routers(services),
            dead_letters_router(services),
            *media_routers(services),
            *services.consumer_routers,
        ],
        request_class=JsonRequest,
        exception_handlers=exception_handlers(services.log),
        request_max_body_size=settings.max_body_bytes,
        cors_config=_cors(settings),
        openapi_config=openapi_config(settings.public_url),
        state=State(
            {
                "limits": services.limits,
                "media_limits": services.media_limits,
                "body_timeout": settings.body_timeout.total_seconds(),
                "upload_timeout": settings.upload_timeout.total_seconds(),
            }
        ),
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = EarlyAnswer(RequestTrace(RequestLog(app.asgi_handler, services.log), services.tracing))
    return app


def create_probes(probes: Probes) -> Litestar:
    """For a process that serves no API: what its operators ask, and nothing else."""
    app = Litestar(
        route_handlers=[health_router(probes)],
        exception_handlers=exception_handlers(probes.log),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = RequestLog(app.asgi_handler, probes.log)
    return app


@get("/", include_in_schema=False)
async def _home() -> Redirect:
    return Redirect(DOCS_PATH)


def _cors(settings: HttpSettings) -> CORSConfig | None:
    if not settings.cors_origins:
        return None
    return CORSConfig(
        allow_origins=list(settings.cors_origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["authorization", "content-type", "if-match", "x-request-id", "traceparent", "tracestate"],
        expose_headers=["etag", "location", "x-request-id", "traceresponse", "retry-after"],
        max_age=600,
    )
