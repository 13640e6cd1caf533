"""Spans in the way of OpenTelemetry. Its global provider is left alone: a process may hold several of these."""

import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from application.ports.tracing import Span, SpanKind, Tracing

_W3C = TraceContextTextMapPropagator()
_KINDS = {kind: trace.SpanKind[kind.name] for kind in SpanKind}
_NEW = TraceFlags(TraceFlags.RANDOM_TRACE_ID)
_SAMPLED = TraceFlags(TraceFlags.RANDOM_TRACE_ID | TraceFlags.SAMPLED)
_64_BITS = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Who the spans are from; `instance` tells processes of one name apart."""

    name: str
    version: str
    instance: str


@asynccontextmanager
async def open_tracing(service: Service, *, endpoint: str | None, sample: float = 1.0) -> AsyncIterator[Tracing]:
    """Send spans to the collector at `endpoint`, such as http://collector:4318; without it ids are made and passed on.

    `sample` is the share of new traces that is exported; whoever began a trace elsewhere has decided for it.
    """
    if endpoint is None:
        yield OpenTelemetryTracing(sample=sample)
        return
    # A quarter of a second to import, for those who ask for it.
    from adapters.telemetry.otlp import open_tracer  # noqa: PLC0415

    async with open_tracer(service, endpoint=endpoint, sample=sample) as tracer:
        yield OpenTelemetryTracing(tracer, sample=sample)


class OpenTelemetryTracing(Tracing):
    """Without a tracer ids are all there is of a span, which costs a fifth."""

    def __init__(self, tracer: trace.Tracer | None = None, *, sample: float = 1.0) -> None:
        # OTEL_SDK_DISABLED=true makes tracers that give out no ids.
        self._tracer = None if isinstance(tracer, trace.NoOpTracer) else tracer
        self._sampled_below = round(sample * _64_BITS)

    @contextmanager
    def span(
        self,
        name: str,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: Mapping[str, str] | None = None,
        **facts: object,
    ) -> Iterator[Span]:
        context = None if parent is None else _W3C.extract(parent, Context())
        if self._tracer is None:
            begun: trace.Span = NonRecordingSpan(self._ids_below(context))
        else:
            begun = self._tracer.start_span(name, context, _KINDS[kind], _plain(facts))
        span = OpenTelemetrySpan(begun)
        with trace.use_span(begun, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield span
            except BaseException as error:
                span.fail_with(error)
                raise

    def record(
        self,
        name: str,
        *,
        kind: SpanKind,
        parent: Mapping[str, str],
        since: datetime,
        until: datetime,
        **facts: object,
    ) -> None:
        if self._tracer is not None:
            context = _W3C.extract(parent, Context())
            span = self._tracer.start_span(name, context, _KINDS[kind], _plain(facts), start_time=_nanoseconds(since))
            span.end(_nanoseconds(until))

    def headers(self) -> Mapping[str, str]:
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return carrier

    def _ids_below(self, context: Context | None) -> SpanContext:
        parent = trace.get_current_span(context).get_span_context()
        span_id = random.getrandbits(64) or 1
        if parent.is_valid:
            return SpanContext(parent.trace_id, span_id, False, parent.trace_flags, parent.trace_state)  # noqa: FBT003
        trace_id = random.getrandbits(128) or 1
        flags = _SAMPLED if trace_id % _64_BITS < self._sampled_below else _NEW
        return SpanContext(trace_id, span_id, is_remote=False, trace_flags=flags)


class OpenTelemetrySpan(Span):
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def note(self, **facts: object) -> None:
        if self._span.is_recording():
            self._span.set_attributes(_plain(facts))

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, detail: str) -> None:
        self._span.set_status(StatusCode.ERROR, detail)

    def fail_with(self, error: BaseException) -> None:
        """Its traceback is for the log, where the ids lead to it."""
        if self._span.is_recording():
            name, message = type(error).__qualname__, str(error)
            self._span.add_event("exception", {"exception.type": name, "exception.message": message})
            self.fail(f"{name}: {message}")


def _plain(facts: Mapping[str, object]) -> dict[str, str | bool | int | float]:
    return {name: fact if isinstance(fact, bool | int | float) else str(fact) for name, fact in facts.items()}


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
