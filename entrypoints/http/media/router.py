"""The endpoints of the media library."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.services import HttpServices

_WITH_TOKEN: list[ControllerRouterHandler] = []


def media_router(services: HttpServices) -> Router:
    return Router(
        "/api/v2/media",
        route_handlers=_WITH_TOKEN,
        middleware=[TokenRequired(services.token_verifier)],
        security=[{BEARER: []}],
        tags=["Media library"],
    )
