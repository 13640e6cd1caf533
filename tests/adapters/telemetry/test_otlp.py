"""Export to a collector that answers, is down, or hangs."""

import asyncio
import logging
from time import monotonic, perf_counter

import pytest

from adapters.embedded.ports import free_ports
from adapters.telemetry.tracing import open_tracing
from application.ports.tracing import SpanKind
from tests.spans import SERVICE, ancestry
from tests.system.collector import Collector, open_collector

_FAREWELL = 6.0


async def test_spans_arrive_with_all_that_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20key")
    async with open_collector() as collector, open_tracing(SERVICE, endpoint=f"{collector.url}/") as tracing:
        with tracing.span("request", kind=SpanKind.SERVER, batch_id="b") as request:
            request.fail("HTTP 503")
            with tracing.span("stage"):
                trace_id = tracing.headers()["traceparent"].split("-")[1]
        await collector.until(trace_id, ["request", "stage"])
    stage, request_span = collector.of(trace_id)

    assert ancestry(stage, collector.spans) == ["stage", "request"]
    assert (request_span.kind, request_span.facts, request_span.failure) == ("server", {"batch_id": "b"}, "HTTP 503")
    assert request_span.resource["service.name"] == "vitrine-test"
    assert collector.headers["authorization"] == "Bearer key"


async def test_the_last_spans_are_sent_on_the_way_out() -> None:
    async with open_collector() as collector:
        async with open_tracing(SERVICE, endpoint=collector.url) as tracing:
            for number in range(1500):
                with tracing.span(f"work {number}"):
                    pass
        assert len(collector.spans) == 1500


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "HTTP_PROXY"])
async def test_no_variable_leads_the_spans_elsewhere(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, f"http://127.0.0.1:{free_ports(1)[0]}")
    for surprise in ("OTEL_TRACES_SAMPLER", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.setenv(surprise, {"OTEL_TRACES_SAMPLER": "always_off"}.get(surprise, "0"))
    async with open_collector() as collector:
        async with open_tracing(SERVICE, endpoint=collector.url) as tracing:
            with tracing.span("work", number=1):
                pass
        [work] = collector.spans
        assert work.facts == {"number": 1}


async def test_without_a_collector_nobody_is_called() -> None:
    async with open_tracing(SERVICE, endpoint=None) as tracing:
        with tracing.span("work"):
            assert tracing.headers()


async def _down(_: Collector) -> str:
    return f"http://127.0.0.1:{free_ports(1)[0]}"


async def _hanging(collector: Collector) -> str:
    collector.answers_with = None
    return collector.url


async def _unwell(collector: Collector) -> str:
    collector.answers_with = 503
    return collector.url


@pytest.mark.parametrize("trouble", [_down, _hanging, _unwell])
async def test_a_collector_in_trouble_costs_spans_and_nothing_else(
    trouble: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="opentelemetry")
    async with open_collector() as collector:
        endpoint = await trouble(collector)  # type: ignore[operator]
        leaving = slowest = 0.0
        async with open_tracing(SERVICE, endpoint=endpoint) as tracing:
            for number in range(6_000):  # more than the queue takes
                begun = perf_counter()
                with tracing.span("request", number=number):
                    pass
                slowest = max(slowest, perf_counter() - begun)
                if number % 500 == 0:
                    await asyncio.sleep(0.02)
            leaving = monotonic()
        assert monotonic() - leaving < _FAREWELL
        assert slowest < 4, "a request has waited for the collector"
        assert collector.spans == []
