"""Around every request: an id, a log line, and headers that each answer carries."""

import re
from collections.abc import Mapping
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from application.ports.log import Log
from entrypoints.http.reading.json_request import LOG_FACTS

_STATE = "request_id"
PROBES = frozenset({"/livez", "/readyz", "/metrics"})
NOT_ROUTED = "(none)"
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_OK = 200
_SERVER_ERROR = 500


def request_id_of(scope: Scope) -> UUID:
    """The id of the request at hand; RequestLog has set it."""
    request_id: UUID = scope["state"][_STATE]
    return request_id


def path_of(scope: Any) -> str:
    """The template that was routed to; known once the request is answered."""
    path: str = scope.get("path_template", NOT_ROUTED)
    return path


def request_facts(scope: Any) -> Mapping[str, object]:
    """The ids of what the request was about; known once it is answered."""
    facts: dict[str, object] = {
        name: value for name, value in scope.get("path_params", {}).items() if name.endswith("_id")
    }
    facts.update(scope["state"].get(LOG_FACTS, {}))
    return facts


class RequestLog:
    """Stands outside of routing, so that what is not routed is logged too. Bodies are never logged, and of the path
    only its template: links carry signatures.

    A client's `X-Request-Id` is taken over if it is a UUID.
    """

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = _given_id(scope) or uuid4()
        scope["state"][_STATE] = request_id
        status = _SERVER_ERROR

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", str(request_id).encode()), _NOSNIFF]
            await send(message)

        started = perf_counter()
        with self._log.bound(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_headers)
            finally:
                self._note(scope, status, perf_counter() - started)

    def _note(self, scope: Any, status: int, seconds: float) -> None:
        path = path_of(scope)
        if path in PROBES and status == _OK:
            return
        self._log.info(
            "http_request",
            method=scope["method"],
            path=path,
            status=int(status),
            ms=round(seconds * 1000, 2),
            **request_facts(scope),
        )


_UUID = re.compile(rb"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _given_id(scope: Scope) -> UUID | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _UUID.fullmatch(value):
            return UUID(value.decode())
    return None
