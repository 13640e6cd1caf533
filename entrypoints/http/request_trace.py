"""Around every request: a span, which belongs to the client's own trace if it names one."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from application.ports.tracing import Span, SpanKind, Tracing
from entrypoints.http.request_log import NOT_ROUTED, PROBES, path_of, request_facts, request_id_of

_PARENT = {b"traceparent": "traceparent", b"tracestate": "tracestate"}


class RequestTrace:
    """Stands around RequestLog, so that its line is within the span. Probes leave none.

    Each answer names its span in `traceresponse`, as https://w3c.github.io/trace-context drafts it.
    """

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self._app = app
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value
        with self._tracing.span("HTTP", kind=SpanKind.SERVER, parent=_given_parent(scope)) as span:
            traceresponse = (b"traceresponse", self._tracing.headers()["traceparent"].encode())

            async def send_with_trace(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = int(message["status"])
                    message["headers"] = [*message["headers"], traceresponse]
                await send(message)

            try:
                await self._app(scope, receive, send_with_trace)
            finally:
                _describe(span, scope, status)


def _given_parent(scope: Any) -> Mapping[str, str]:
    """A header that came several times is one list, so that two `traceparent` are none."""
    parent: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name in _PARENT:
            text = value.decode("latin-1")
            parent[_PARENT[name]] = f"{parent[_PARENT[name]]},{text}" if _PARENT[name] in parent else text
    return parent


def _describe(span: Span, scope: Any, status: int) -> None:
    """In the terms of https://opentelemetry.io/docs/specs/semconv/http. Of the path its template alone."""
    path = path_of(scope)
    if path != NOT_ROUTED:
        span.rename(f"{scope['method']} {path}")
        span.note(**{"http.route": path})
    span.note(
        **{"http.request.method": scope["method"], "http.response.status_code": status},
        request_id=request_id_of(scope),
        **request_facts(scope),
    )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.fail(f"HTTP {status}")
