"""What operators, probes and browsers see."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from application.ports.log import Log
from domain.errors import Unavailable
from entrypoints.http.app import create_app, create_probes
from entrypoints.http.services import HttpServices, HttpSettings
from tests.builders import IDS
from tests.entrypoints.http.api import APP_ORIGIN, DOWNLOADS, LISTINGS, PUBLIC_URL, UPLOADS, Api
from tests.entrypoints.http.problems import refused

SETTINGS = HttpSettings(public_url=PUBLIC_URL)
QUICK = timedelta(milliseconds=50)


async def get(services: HttpServices, path: str, **probes: Any) -> httpx.Response:
    """`probes` are fields of Probes."""
    services = replace(services, probes=replace(services.probes, timeout=QUICK, log=services.log, **probes))
    transport = httpx.ASGITransport(app=create_app(services, SETTINGS))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        return await client.get(path)


async def up() -> None:
    pass


async def down() -> None:
    raise Unavailable("postgresql://user:1234@db does not answer")


async def silent() -> None:
    await asyncio.sleep(60)


async def test_a_process_that_answers_is_alive(api: Api) -> None:
    api.readiness["database"] = down

    assert (await api.client.get("/livez")).status_code == 200


async def test_a_process_whose_loops_hang_is_not(api: Api) -> None:
    api.silent += ["relay", "sweeper"]

    answer = await api.client.get("/livez")

    assert (answer.status_code, answer.text) == (503, "silent: relay, sweeper")


async def test_a_process_without_an_api_answers_its_operators_alone(api: Api) -> None:
    transport = httpx.ASGITransport(app=create_probes(api.services().probes))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        assert (await client.get("/livez")).text == "alive"
        assert (await client.get("/readyz")).status_code == 200
        assert (await client.get("/metrics")).text == "vitrine_up 1\n"
        refused(await client.get(UPLOADS), 404, "NOT_FOUND")


async def test_ready_when_every_dependency_answers(api: Api) -> None:
    answer = await get(api.services(), "/readyz", readiness={"database": up, "objects": up})

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"database": "up", "objects": "up"}}


async def test_unready_when_one_does_not(api: Api) -> None:
    readiness = {"database": down, "objects": up, "bus": silent}

    answer = await get(api.services(), "/readyz", readiness=readiness)

    assert answer.status_code == 503
    assert answer.json() == {"status": "unready", "checks": {"database": "down", "objects": "up", "bus": "down"}}
    assert api.log.events.count("not_ready") == 2


async def test_metrics_are_plain_text(api: Api) -> None:
    answer = await api.client.get("/metrics")

    assert answer.text == "vitrine_up 1\n"
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


async def test_metrics_that_take_too_long_are_unavailable(api: Api) -> None:
    async def endless() -> bytes:
        await asyncio.sleep(60)
        return b""

    refused(await get(api.services(), "/metrics", metrics=endless), 503, "UNAVAILABLE")


class Lines(Log):
    """Every line with the facts that were bound around it."""

    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []
        self._bound: dict[str, object] = {}

    def info(self, event: str, **facts: object) -> None:
        self.lines.append({"event": event, **self._bound, **facts})

    warning = error = exception = info

    @contextmanager
    def bound(self, **facts: object) -> Iterator[None]:
        self._bound = facts
        yield
        self._bound = {}


async def test_every_request_leaves_one_line(api: Api) -> None:
    log = Lines()
    services = replace(api.services(), log=log)

    await get(services, f"{LISTINGS}/media/hls/{IDS.new()}/hls?expires=1&signature=secret")
    await get(services, "/nowhere?token=secret")
    await get(services, "/livez")

    playlist, nowhere = log.lines
    assert playlist["event"] == nowhere["event"] == "http_request"
    assert (playlist["method"], playlist["status"]) == ("GET", 403)
    assert playlist["path"] == f"{LISTINGS}/media/hls/{{asset_id}}/{{name}}"
    assert isinstance(playlist["ms"], float)
    assert isinstance(playlist["request_id"], UUID)
    assert (nowhere["path"], nowhere["status"]) == ("(none)", 404)
    assert "secret" not in str(log.lines)


async def test_a_request_keeps_the_id_that_it_came_with(api: Api) -> None:
    given = str(uuid4())

    assert (await api.client.get("/livez", headers={"x-request-id": given})).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x", "a\tb", "é" * 36, f"{UUID(int=0)}\n"])
async def test_an_id_that_is_no_uuid_is_not_taken_over(api: Api, given: str) -> None:
    answer = await api.client.get("/livez", headers=[(b"x-request-id", given.encode())])

    assert UUID(answer.headers["x-request-id"]).int != 0


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/docs", UPLOADS])
async def test_types_are_not_guessed(api: Api, path: str) -> None:
    assert (await api.client.get(path)).headers["x-content-type-options"] == "nosniff"


async def test_browsers_of_our_origins_may_call(api: Api) -> None:
    asked = {"origin": APP_ORIGIN, "access-control-request-method": "POST"}

    preflight = await api.client.options(UPLOADS, headers={**asked, "access-control-request-headers": "authorization"})
    refusal = await api.client.post(DOWNLOADS, headers={"origin": APP_ORIGIN})

    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == APP_ORIGIN
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    refused(refusal, 401, "TOKEN_REFUSED")
    assert refusal.headers["access-control-allow-origin"] == APP_ORIGIN


async def test_browsers_of_other_origins_may_not(api: Api) -> None:
    asked: dict[str, Any] = {"origin": "https://evil.example", "access-control-request-method": "POST"}

    assert "access-control-allow-origin" not in (await api.client.options(UPLOADS, headers=asked)).headers


async def test_the_home_page_leads_to_the_documentation(api: Api) -> None:
    home = await api.client.get("/")

    assert home.status_code == 302
    assert home.headers["location"] == "/docs"
