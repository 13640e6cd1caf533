"""Spans on their way to a collector, over OTLP/HTTP. One that is down or hangs costs spans, never requests.

Of OpenTelemetry's own environment variables those hold that say how a collector is spoken to
(OTEL_EXPORTER_OTLP_HEADERS, _CERTIFICATE, _CLIENT_CERTIFICATE, _CLIENT_KEY, _COMPRESSION), and OTEL_SDK_DISABLED.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Tracer

from adapters.telemetry.tracing import Service

_EXPORT_SECONDS = 5.0
"""For one batch, with all tries."""
_FAREWELL_SECONDS = 2.0
_QUEUE, _BATCH, _EVERY_MS = 4096, 512, 1000
_LIMITS = SpanLimits(
    max_attributes=32,
    max_events=8,
    max_links=8,
    max_span_attributes=32,
    max_event_attributes=8,
    max_link_attributes=8,
    max_attribute_length=1024,
    max_span_attribute_length=1024,
)


@asynccontextmanager
async def open_tracer(service: Service, *, endpoint: str, sample: float) -> AsyncIterator[Tracer]:
    """What is not sent two seconds after the end of the block is lost."""
    session = requests.Session()
    session.trust_env = False  # `endpoint` alone says where spans go: no proxy, no .netrc
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_SECONDS, session=session)
    batches = BatchSpanProcessor(
        exporter, max_queue_size=_QUEUE, max_export_batch_size=_BATCH, schedule_delay_millis=_EVERY_MS
    )
    provider = tracer_provider(service, batches, sample=sample)
    try:
        yield provider.get_tracer("vitrine", service.version)
    finally:
        # Shutting down waits for the collector, and says neither how long nor when to give up.
        closing = Thread(target=provider.shutdown, name="last-spans", daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, _FAREWELL_SECONDS)
        if closing.is_alive():
            exporter.shutdown()  # type: ignore[no-untyped-call]


def tracer_provider(service: Service, processor: SpanProcessor, *, sample: float = 1.0) -> TracerProvider:
    resource = Resource(
        {
            "service.name": service.name,
            "service.version": service.version,
            "service.instance.id": service.instance,
        }
    )
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(sample)),
        resource=resource,
        shutdown_on_exit=False,
        span_limits=_LIMITS,
    )
    provider.add_span_processor(processor)
    return provider
