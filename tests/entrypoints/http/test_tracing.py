"""What a trace sees of a request, and what the request's messages take along."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from domain.errors import Unavailable
from tests.application.uploads import photos
from tests.entrypoints.http.api import APP_ORIGIN, DOWNLOADS, LISTINGS, UPLOADS, Api, announcement, open_api
from tests.spans import RecordedTracing, SeenSpan, ids_in

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GIVEN = {"traceparent": f"00-{TRACE}-{PARENT}-01"}


@pytest.fixture
def tracing() -> RecordedTracing:
    return RecordedTracing()


@pytest.fixture
async def api(tmp_path: Path, tracing: RecordedTracing) -> AsyncIterator[Api]:
    async with open_api(tmp_path / "work", tracing=tracing) as opened:
        yield opened


def only(tracing: RecordedTracing) -> SeenSpan:
    [span] = tracing.spans
    return span


async def test_answer_and_messages_are_of_the_clients_trace(api: Api, tracing: RecordedTracing) -> None:
    body = announcement(photos("one"), listing_id=api.listing.id)
    answer = await api.client.post(UPLOADS, json=body, headers=api.headers() | GIVEN | {"tracestate": "vendor=1"})
    await api.relay_outbox()

    assert answer.status_code == 201
    answered = ids_in(answer.headers["traceresponse"])
    assert answered[0] == TRACE
    [message] = api.publisher.messages
    assert ids_in(message.headers["traceparent"]) == answered
    assert message.headers["tracestate"] == "vendor=1"
    request, publish = tracing.spans
    assert (request.trace_id, request.span_id, request.parent_id) == (*answered, PARENT)
    assert (publish.trace_id, publish.parent_id) == answered


async def test_a_request_is_told_by_its_template_and_ids(api: Api, tracing: RecordedTracing) -> None:
    request_id = str(uuid4())
    body = announcement(photos("one"), listing_id=api.listing.id)
    await api.client.post(f"{UPLOADS}?token=secret", json=body, headers=api.headers() | {"x-request-id": request_id})

    span = only(tracing)
    assert (span.name, span.kind, span.parent_id, span.failure) == (f"POST {UPLOADS}", "server", None, None)
    assert span.facts == {
        "http.route": UPLOADS,
        "http.request.method": "POST",
        "http.response.status_code": 201,
        "request_id": request_id,
        "listing_id": str(api.listing.id),
    }


async def test_what_is_not_routed_has_no_name_of_its_own(api: Api, tracing: RecordedTracing) -> None:
    await api.client.get("/nowhere?token=secret")

    span = only(tracing)
    assert span.name == "HTTP"
    assert "secret" not in str(span)
    assert span.facts["http.response.status_code"] == 404


async def test_the_path_is_told_without_what_is_secret(api: Api, tracing: RecordedTracing) -> None:
    asset_id = uuid4()
    await api.client.get(f"{LISTINGS}/media/hls/{asset_id}/hls?expires=1&signature=secret")

    span = only(tracing)
    assert span.name == f"GET {LISTINGS}/media/hls/{{asset_id}}/{{name}}"
    assert span.facts["asset_id"] == str(asset_id)
    assert "secret" not in str(span)


async def test_a_refusal_is_no_failure(api: Api, tracing: RecordedTracing) -> None:
    await api.client.post(DOWNLOADS, json={})

    span = only(tracing)
    assert (span.facts["http.response.status_code"], span.failure) == (401, None)


async def test_an_outage_is_one(api: Api, tracing: RecordedTracing, monkeypatch: pytest.MonkeyPatch) -> None:
    def begin_nothing() -> None:
        raise Unavailable("the database does not answer")

    monkeypatch.setattr(api.query_downloads, "_begin", begin_nothing)
    await api.post(DOWNLOADS, {"listingId": str(api.listing.id)})

    span = only(tracing)
    assert (span.facts["http.response.status_code"], span.failure) == (503, "HTTP 503")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
async def test_probes_leave_no_span(api: Api, tracing: RecordedTracing, path: str) -> None:
    answer = await api.client.get(path, headers=GIVEN)

    assert tracing.spans == []
    assert "traceresponse" not in answer.headers


@pytest.mark.parametrize(
    "traceparent",
    [b"", b"x" * 8000, b"\xff" * 55, f"00-{TRACE}-{'0' * 16}-01".encode(), GIVEN["traceparent"].encode() + b"-more"],
)
async def test_a_header_that_is_nonsense_is_left_alone(api: Api, tracing: RecordedTracing, traceparent: bytes) -> None:
    answer = await api.client.get(UPLOADS, headers=[(b"traceparent", traceparent)])

    assert answer.status_code == 401
    span = only(tracing)
    assert span.parent_id is None
    assert ids_in(answer.headers["traceresponse"]) == (span.trace_id, span.span_id)


async def test_two_parents_are_none_and_two_states_are_one(api: Api, tracing: RecordedTracing) -> None:
    parent = (b"traceparent", GIVEN["traceparent"].encode())

    await api.client.get("/", headers=[parent, parent])
    assert only(tracing).parent_id is None

    body = announcement(photos("one"), listing_id=api.listing.id)
    states = [(b"tracestate", b"a=1"), (b"tracestate", b"b=2")]
    token = (b"authorization", api.headers()["authorization"].encode())
    await api.client.post(UPLOADS, json=body, headers=[parent, *states, token])
    await api.relay_outbox()
    assert api.publisher.messages[0].headers["tracestate"] == "a=1,b=2"


async def test_browsers_of_our_origins_may_bring_a_trace_and_read_it(api: Api) -> None:
    asked = {"origin": APP_ORIGIN, "access-control-request-method": "POST"}
    preflight = await api.client.options(UPLOADS, headers={**asked, "access-control-request-headers": "traceparent"})
    answer = await api.client.post(DOWNLOADS, headers={"origin": APP_ORIGIN})

    assert "traceparent" in preflight.headers["access-control-allow-headers"].lower()
    assert "traceresponse" in answer.headers["access-control-expose-headers"].lower()
