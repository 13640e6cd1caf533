"""Ids, parents and failures of spans, exported or not."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telemetry.tracing import OpenTelemetryTracing
from application.ports.tracing import SpanKind, Tracing
from tests.spans import RecordedTracing, ancestry, ids_in, named

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GIVEN = {"traceparent": f"00-{TRACE}-{PARENT}-01"}


@pytest.fixture
def recorded() -> RecordedTracing:
    return RecordedTracing()


@pytest.fixture(params=["recorded", "ids alone"])
def tracing(request: pytest.FixtureRequest) -> Tracing:
    """What holds for both."""
    return RecordedTracing() if request.param == "recorded" else OpenTelemetryTracing()


def current(tracing: Tracing) -> tuple[str, str]:
    return ids_in(tracing.headers()["traceparent"])


def test_outside_of_spans_there_is_nothing_to_pass_on(tracing: Tracing) -> None:
    with tracing.span("over"):
        pass

    assert tracing.headers() == {}


def test_a_span_belongs_to_the_trace_of_the_one_around_it(tracing: Tracing) -> None:
    with tracing.span("outer"):
        outer = current(tracing)
        with tracing.span("inner"):
            inner = current(tracing)
        assert current(tracing) == outer
    with tracing.span("another"):
        another = current(tracing)

    assert inner[0] == outer[0] != another[0]
    assert len({inner[1], outer[1], another[1]}) == 3


def test_a_span_goes_on_in_the_trace_that_headers_name(tracing: Tracing) -> None:
    with tracing.span("around"), tracing.span("received", parent=GIVEN | {"tracestate": "vendor=1"}):
        headers = tracing.headers()

    assert ids_in(headers["traceparent"])[0] == TRACE
    assert headers["tracestate"] == "vendor=1"


def test_headers_without_a_parent_begin_a_trace_whatever_is_around(tracing: Tracing) -> None:
    with tracing.span("around"):
        around = current(tracing)
        with tracing.span("received", parent={}):
            assert current(tracing)[0] != around[0]


HOSTILE = [
    "",
    "00",
    f"00-{TRACE}-{PARENT}",
    f"00-{'0' * 32}-{PARENT}-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"ff-{TRACE}-{PARENT}-01",
    f"00-{TRACE.upper()}-{PARENT}-01",
    f"00-{TRACE}-{PARENT}-01-more",
    f"00-{TRACE}-{PARENT}-01,00-{TRACE}-{PARENT}-01",
    f"00-{TRACE}-{PARENT}-01\r\nx-evil: 1",
    "é" * 55,
    "0" * 100_000,
    f"00-{TRACE}-{PARENT}-01" + " " * 100_000,
]


@pytest.mark.parametrize("traceparent", HOSTILE, ids=range(len(HOSTILE)))
def test_a_parent_that_is_nonsense_is_none(tracing: Tracing, traceparent: str) -> None:
    with tracing.span("received", parent={"traceparent": traceparent}):
        trace_id, _ = current(tracing)

    assert trace_id != TRACE
    assert int(trace_id, 16) != 0


@given(traceparent=st.text(), tracestate=st.text())
@pytest.mark.parametrize("tracing", [RecordedTracing(), OpenTelemetryTracing()], ids=["recorded", "ids alone"])
def test_no_header_breaks_anything(tracing: Tracing, traceparent: str, tracestate: str) -> None:
    for parent in ({"traceparent": traceparent}, GIVEN | {"tracestate": tracestate}):
        with tracing.span("received", parent=parent):
            assert set(tracing.headers()) <= {"traceparent", "tracestate"}


@pytest.mark.parametrize("tracestate", ["x" * 100_000, "a=1," * 5_000, "no pair", "a=1,a=2"])
def test_a_state_that_is_nonsense_is_left_behind(tracing: Tracing, tracestate: str) -> None:
    with tracing.span("received", parent=GIVEN | {"tracestate": tracestate}):
        headers = tracing.headers()

    assert ids_in(headers["traceparent"])[0] == TRACE
    assert "tracestate" not in headers


async def test_asyncio_tasks_have_a_span_each(tracing: Tracing) -> None:
    async def work(number: int) -> tuple[str, str]:
        with tracing.span(f"work {number}", parent={} if number % 2 else None):
            mine = current(tracing)
            await asyncio.sleep(0.001 * (number % 3))
            with tracing.span("below"):
                await asyncio.sleep(0)
                assert current(tracing)[0] == mine[0]
            assert current(tracing) == mine
            return mine

    with tracing.span("around"):
        around = current(tracing)
        spans = await asyncio.gather(*(work(number) for number in range(20)))
        assert current(tracing) == around

    assert len({span for _, span in spans}) == 20
    assert [trace == around[0] for trace, _ in spans] == [number % 2 == 0 for number in range(20)]


async def test_a_task_that_was_started_in_a_span_stays_in_it(tracing: Tracing) -> None:
    async def later() -> tuple[str, str]:
        await asyncio.sleep(0.01)
        return current(tracing)

    with tracing.span("request"):
        request = current(tracing)
        started = asyncio.create_task(later())

    assert await started == request


def test_who_samples_elsewhere_has_decided(tracing: Tracing) -> None:
    with tracing.span("received", parent={"traceparent": f"00-{TRACE}-{PARENT}-00"}):
        assert tracing.headers()["traceparent"].endswith("-00")
    with tracing.span("received", parent=GIVEN):
        assert tracing.headers()["traceparent"].endswith("-01")


@pytest.mark.parametrize("kind", [RecordedTracing, OpenTelemetryTracing])
def test_a_share_of_the_traces_is_sampled(kind: type[OpenTelemetryTracing]) -> None:
    def sampled(share: float) -> int:
        tracing = kind(sample=share)
        flags = []
        for _ in range(400):
            with tracing.span("request"), tracing.span("below"):
                flags.append(int(tracing.headers()["traceparent"][-2:], 16) & 1)
        return sum(flags)

    assert (sampled(0.0), sampled(1.0)) == (0, 400)
    assert 40 < sampled(0.25) < 180


# What is exported.


def test_parents_and_kinds_are_told(recorded: RecordedTracing) -> None:
    with recorded.span("request", kind=SpanKind.SERVER, parent=GIVEN), recorded.span("stage"):
        pass

    stage, request = recorded.spans
    assert (request.kind, request.trace_id, request.parent_id) == ("server", TRACE, PARENT)
    assert (stage.kind, stage.trace_id, stage.parent_id) == ("internal", TRACE, request.span_id)
    assert ancestry(stage, recorded.spans) == ["stage", "request"]
    assert request.resource == {
        "service.name": "vitrine-test",
        "service.version": "1.0",
        "service.instance.id": "here-1",
    }


def test_facts_are_told_in_plain_values(recorded: RecordedTracing) -> None:
    with recorded.span("request", task_id=UUID(int=7), attempt=2, last=True) as span:
        span.note(kind=SpanKind.SERVER, seconds=0.5, **{"http.route": "/x"})
        span.rename("GET /x")

    [seen] = recorded.spans
    assert seen.name == "GET /x"
    assert seen.facts == {
        "task_id": str(UUID(int=7)),
        "attempt": 2,
        "last": True,
        "kind": "server",
        "seconds": 0.5,
        "http.route": "/x",
    }


def test_facts_have_a_limit(recorded: RecordedTracing) -> None:
    with recorded.span("request") as span:
        span.note(**{f"fact_{number}": number for number in range(40)}, path="x" * 100_000)

    [seen] = recorded.spans
    assert len(seen.facts) == 32
    assert max(len(str(fact)) for fact in seen.facts.values()) == 1024


def test_an_exception_marks_every_span_that_it_leaves(recorded: RecordedTracing) -> None:
    with recorded.span("handled"):
        with pytest.raises(ValueError, match="12"), recorded.span("outer"), recorded.span("inner"):
            raise ValueError("12")
        with recorded.span("after"):
            pass

    failures = {span.name: span.failure for span in recorded.spans}
    assert failures == {"inner": "ValueError: 12", "outer": "ValueError: 12", "after": None, "handled": None}


async def test_a_span_that_is_cancelled_has_failed(recorded: RecordedTracing) -> None:
    async def work() -> None:
        with recorded.span("work"):
            await asyncio.sleep(60)

    working = asyncio.create_task(work())
    await asyncio.sleep(0)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    [work_span] = recorded.spans
    assert work_span.failure == "CancelledError: "


def test_a_failure_may_be_told_without_an_exception(recorded: RecordedTracing) -> None:
    with recorded.span("request") as span:
        span.fail("HTTP 503")

    assert [span.failure for span in recorded.spans] == ["HTTP 503"]


def test_what_is_not_sampled_is_not_recorded() -> None:
    recorded = RecordedTracing(sample=0.0)
    with recorded.span("begun here"):
        pass
    with recorded.span("begun elsewhere", parent=GIVEN):
        pass

    assert [span.name for span in recorded.spans] == ["begun elsewhere"]


def test_a_span_may_be_recorded_when_it_is_over(recorded: RecordedTracing) -> None:
    since = datetime(2025, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
    with recorded.span("around"):
        recorded.record(
            "publish", kind=SpanKind.PRODUCER, parent=GIVEN, since=since, until=since + timedelta(seconds=1), topic="t"
        )

    [publish] = named("publish", recorded.spans)
    assert (publish.trace_id, publish.parent_id, publish.kind, publish.facts) == (
        TRACE,
        PARENT,
        "producer",
        {"topic": "t"},
    )
    assert publish.moments == (1746361815_123456000, 1746361816_123456000)


def test_where_nothing_is_exported_nothing_happens() -> None:
    tracing = OpenTelemetryTracing()
    facts: Mapping[str, object] = {"task_id": 1}
    with tracing.span("request", **facts) as span:
        span.note(**facts)
        span.rename("other")
        span.fail("it did")
    moment = datetime.now(UTC)
    tracing.record("publish", kind=SpanKind.PRODUCER, parent=GIVEN, since=moment, until=moment)


async def test_the_switch_of_opentelemetry_itself_leaves_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    recorded = RecordedTracing()

    with recorded.span("request"):
        current(recorded)

    assert recorded.spans == []
