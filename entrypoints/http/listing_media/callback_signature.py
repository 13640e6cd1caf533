"""Callbacks come from pipelines, not from users: they are signed."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from application.ports.auth import WebhookVerifier
from application.ports.clock import Clock
from application.ports.telemetry import Telemetry
from entrypoints.http.reading.json_request import JsonRequest

_DELIVERY = "delivery_id"


class SignatureRequired:
    """A guard: the signature is checked over the raw bytes, before anybody looks into them."""

    def __init__(self, verifier: WebhookVerifier, clock: Clock) -> None:
        self._verifier = verifier
        self._clock = clock

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        assert isinstance(connection, JsonRequest)
        body = await connection.raw_body()
        headers = {name: connection.headers[name] for name in connection.headers}
        connection.state[_DELIVERY] = self._verifier.verify(headers, body, now=self._clock.now())


def delivery_of(request: JsonRequest) -> str:
    """The `webhook-id` of a request that SignatureRequired has let through."""
    return str(request.state[_DELIVERY])


class RefusalCounter(ASGIMiddleware):
    """Whatever the reason: a pipeline whose reports are refused needs somebody to look at it."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        try:
            await next_app(scope, receive, send)
        except Exception:
            self._telemetry.callback_refused()
            raise
