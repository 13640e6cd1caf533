"""Spans as tests look at them, wherever they were caught."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from adapters.telemetry.otlp import tracer_provider
from adapters.telemetry.tracing import OpenTelemetryTracing, Service

SERVICE = Service(name="vitrine-test", version="1.0", instance="here-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSpan:
    """Ids are hexadecimal, as in `traceparent`; `failure` is what it was marked with. `moments` are in nanoseconds."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str | None
    facts: Mapping[str, Any]
    failure: str | None
    resource: Mapping[str, Any]
    moments: tuple[int, int]


class RecordedTracing(OpenTelemetryTracing):
    """Keeps the spans that have ended."""

    def __init__(self, *, sample: float = 1.0) -> None:
        self._ended = InMemorySpanExporter()
        provider = tracer_provider(SERVICE, SimpleSpanProcessor(self._ended), sample=sample)
        super().__init__(provider.get_tracer("vitrine"), sample=sample)

    @property
    def spans(self) -> list[SeenSpan]:
        """Oldest end first."""
        return [_seen(span) for span in self._ended.get_finished_spans()]


def _seen(span: ReadableSpan) -> SeenSpan:
    assert span.context is not None
    assert span.start_time is not None
    assert span.end_time is not None
    failed = span.status.status_code is StatusCode.ERROR
    return SeenSpan(
        name=span.name,
        kind=span.kind.name.lower(),
        trace_id=f"{span.context.trace_id:032x}",
        span_id=f"{span.context.span_id:016x}",
        parent_id=f"{span.parent.span_id:016x}" if span.parent else None,
        facts=dict(span.attributes or {}),
        failure=span.status.description if failed else None,
        resource=dict(span.resource.attributes),
        moments=(span.start_time, span.end_time),
    )


def named(name: str, spans: Sequence[SeenSpan]) -> list[SeenSpan]:
    return [span for span in spans if span.name == name]


def ancestry(span: SeenSpan, spans: Sequence[SeenSpan]) -> list[str]:
    """The names from this span up to the one whose parent is not among `spans`."""
    by_id = {each.span_id: each for each in spans}
    names, current = [], span
    while True:
        names.append(current.name)
        if current.parent_id not in by_id:
            return names
        current = by_id[current.parent_id]


def ids_in(traceparent: str) -> tuple[str, str]:
    """Trace and span."""
    version, trace_id, span_id, flags = traceparent.split("-")
    assert (version, len(trace_id), len(span_id), len(flags)) == ("00", 32, 16, 2)
    return trace_id, span_id
