"""A collector of traces: OTLP over HTTP, as a real one speaks it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.spans import SeenSpan
from tests.system.waiting import eventually

_PROTOBUF = "application/x-protobuf"
_OK = HTTPStatus.OK.value


class Collector:
    """`answers_with` another status, or takes what comes and never answers while it is None. `headers` came last."""

    def __init__(self) -> None:
        self.url = ""
        self.spans: list[SeenSpan] = []
        self.headers: Mapping[str, str] = {}
        self.answers_with: int | None = _OK

    async def take(self, request: web.Request) -> web.Response:
        self.headers = request.headers
        body = await request.read()
        if self.answers_with is None:
            await asyncio.Event().wait()
        elif self.answers_with == _OK:
            self.spans += _decoded(body)
        answer = ExportTraceServiceResponse().SerializeToString()
        return web.Response(body=answer, status=self.answers_with or _OK, content_type=_PROTOBUF)

    def of(self, trace_id: str) -> list[SeenSpan]:
        """Those of one trace, in the order in which they ended."""
        return sorted((span for span in self.spans if span.trace_id == trace_id), key=lambda span: span.moments[1])

    async def until(self, trace_id: str, names: Iterable[str], *, within: float = 15) -> list[SeenSpan]:
        """The spans of the trace once all these names are among them."""
        expected = set(names)
        try:
            await eventually(
                lambda: _holds(expected <= {span.name for span in self.of(trace_id)}),
                within=within,
                expecting=f"spans {sorted(expected)}",
            )
        except AssertionError as error:
            error.add_note(f"seen of the trace: {[span.name for span in self.of(trace_id)]}")
            raise
        return self.of(trace_id)


async def _holds(fact: bool) -> bool:
    return fact


@asynccontextmanager
async def open_collector() -> AsyncIterator[Collector]:
    collector = Collector()
    application = web.Application()
    application.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        collector.url = f"http://127.0.0.1:{port}"
        yield collector
    finally:
        await runner.cleanup()


def _decoded(body: bytes) -> Iterable[SeenSpan]:
    request = ExportTraceServiceRequest.FromString(body)
    for of_resource in request.resource_spans:
        resource = _facts(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                yield _seen(span, resource)


def _seen(span: Span, resource: Mapping[str, Any]) -> SeenSpan:
    return SeenSpan(
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        facts=_facts(span.attributes),
        failure=span.status.message if span.status.code == Status.STATUS_CODE_ERROR else None,
        resource=resource,
        moments=(span.start_time_unix_nano, span.end_time_unix_nano),
    )


def _facts(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}
