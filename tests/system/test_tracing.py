"""The trace of a delivery, as a collector receives it from the program itself."""

import json
import re
from collections.abc import AsyncIterator
from secrets import token_hex
from time import monotonic

import pytest

from tests.spans import ancestry, ids_in, named
from tests.system.caller import UPLOADS
from tests.system.collector import Collector, open_collector
from tests.system.delivery import processed
from tests.system.files import photos
from tests.system.marketplace import Marketplace, open_marketplace
from tests.system.vitrine_process import VitrineProcess, running_vitrine

ANNOUNCE, COMPLETE = f"POST {UPLOADS}", f"POST {UPLOADS}/complete"
STAGES = ("validate", "thumbnails", "zip", "finalize")


@pytest.fixture(scope="module")
async def collector() -> AsyncIterator[Collector]:
    async with open_collector() as collector:
        yield collector


@pytest.fixture(scope="module")
async def traced_vitrine(collector: Collector) -> AsyncIterator[VitrineProcess]:
    async with running_vitrine(otlp_endpoint=collector.url) as vitrine:
        yield vitrine


@pytest.fixture(scope="module")
async def traced_marketplace(traced_vitrine: VitrineProcess) -> AsyncIterator[Marketplace]:
    async with open_marketplace(traced_vitrine.url) as marketplace:
        yield marketplace


async def test_a_delivery_is_one_trace_of_the_client(
    traced_vitrine: VitrineProcess, traced_marketplace: Marketplace, collector: Collector
) -> None:
    trace_id, client = token_hex(16), token_hex(8)
    traced_marketplace.photographer.caller.headers["traceparent"] = f"00-{trace_id}-{client}-01"
    delivery = await processed(traced_marketplace, photos(2))

    spans = await collector.until(trace_id, [ANNOUNCE, COMPLETE, *STAGES])

    lines = {tuple(ancestry(span, spans)) for span in spans}
    assert ("validate", "process image", COMPLETE) in lines
    assert ("thumbnails", "process image", COMPLETE) in lines
    assert ("zip", "process archive", "process image", COMPLETE) in lines
    assert ("finalize", "process archive", "process image", COMPLETE) in lines
    assert ("publish vitrine.tasks.image.v1", COMPLETE) in lines
    tops = [span for span in spans if ancestry(span, spans) == [span.name]]
    assert {(span.parent_id, span.kind) for span in tops} == {(client, "server")}
    assert len(named("thumbnails", spans)) == 2
    assert {span.facts["batch_id"] for span in named("process image", spans)} == {delivery.batch_id}
    assert {span.resource["service.name"] for span in spans} == {"vitrine-all"}
    assert all(span.failure is None for span in spans)

    written = [json.loads(line) for line in traced_vitrine.log.read_text().splitlines() if trace_id in line]
    assert {line["trace_id"] for line in written if line["event"] == "task.done"} == {trace_id}
    by_id = {span.span_id: span.name for span in spans}
    assert {by_id[line["span_id"]] for line in written if line["event"] == "task.done"} == {
        "process image",
        "process archive",
    }


async def test_a_client_without_a_trace_is_told_of_its_own(
    traced_marketplace: Marketplace, collector: Collector
) -> None:
    answer = await traced_marketplace.owner.caller.batches(await traced_marketplace.listing())
    trace_id, span_id = ids_in(answer.headers["traceresponse"])

    [request] = await collector.until(trace_id, [f"GET {UPLOADS}"])

    assert (request.span_id, request.parent_id) == (span_id, None)


async def test_probes_are_not_traced(traced_marketplace: Marketplace, collector: Collector) -> None:
    await traced_marketplace.http.get("/metrics")
    answer = await traced_marketplace.http.get("/")
    await collector.until(ids_in(answer.headers["traceresponse"])[0], ["GET /"])

    assert not any(re.search("metrics|livez|readyz", span.name) for span in collector.spans)


async def test_a_collector_that_hangs_does_not_hold_up_the_end(
    traced_vitrine: VitrineProcess, traced_marketplace: Marketplace, collector: Collector
) -> None:
    collector.answers_with = None
    begun = monotonic()
    for _ in range(20):
        await traced_marketplace.http.get("/")
    assert monotonic() - begun < 5

    begun = monotonic()
    assert await traced_vitrine.stop() == 0
    assert monotonic() - begun < 20
