"""Callbacks come from pipelines, not from users: they are signed."""

from http import HTTPStatus
from typing import Any, Self

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

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

    def __deepcopy__(self, _: object) -> Self:
        """Litestar copies routers with all they hold; this is for sharing."""
        return self

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

    def __deepcopy__(self, _: object) -> Self:
        """Counted in one place, however often Litestar copies the router."""
        return self

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= HTTPStatus.BAD_REQUEST:
                self._telemetry.callback_refused()
            await send(message)

        await next_app(scope, receive, counting)
