"""How the client of the API meets servers that are busy, wrong or strict."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiohttp import web

from adapters.embedded.ports import LOOPBACK, free_ports
from entrypoints.cli.client import open_client
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.problems import ApiRefused

Answer = Callable[[], web.Response]


@asynccontextmanager
async def serving(*answers: Answer) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """Gives the answers one after the other, the last one for ever; the address, and the requests that came."""
    requests: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        requests.append(request)
        return answers[min(len(requests), len(answers)) - 1]()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_ports(1)[0]
    await web.TCPSite(runner, LOOPBACK, port).start()
    try:
        yield f"http://{LOOPBACK}:{port}", requests
    finally:
        await runner.cleanup()


def busy() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": "0"})


def nothing_ready() -> web.Response:
    return web.Response(status=204)


def problem(status: int, code: str, detail: str, *errors: dict[str, str]) -> Answer:
    return lambda: web.json_response(
        {"code": code, "detail": detail, "errors": list(errors)}, status=status, content_type="application/problem+json"
    )


async def test_a_busy_server_is_asked_again() -> None:
    async with serving(busy, busy, nothing_ready) as (address, requests), open_client(address, "token") as client:
        assert await client.downloads(uuid4()) is None
    assert len(requests) == 3
    assert requests[0].headers["Authorization"] == "Bearer token"


async def test_a_server_that_stays_busy_is_given_up() -> None:
    refused = problem(503, "UNAVAILABLE", "a service that this needs does not answer; try again later")
    async with serving(busy, busy, refused) as (address, requests), open_client(address, "token") as client:
        with pytest.raises(ApiRefused, match="try again later"):
            await client.downloads(uuid4())
    assert len(requests) == 5


async def test_a_refusal_is_final_and_lists_every_violation() -> None:
    strict = problem(
        422,
        "VALIDATION_FAILED",
        "the manifest breaks rules; see errors",
        {"pointer": "/files/0/bytes", "code": "FILE_TOO_LARGE", "detail": "at most 64 bytes"},
        {"pointer": "/files/3/sequence", "code": "RANGE", "detail": "1 or more"},
    )
    async with serving(strict) as (address, requests), open_client(address, "token") as client:
        with pytest.raises(ApiRefused) as refused:
            await client.downloads(uuid4())
    assert len(requests) == 1
    assert str(refused.value).splitlines() == [
        "The manifest breaks rules; see errors.",
        "  /files/0/bytes: at most 64 bytes (FILE_TOO_LARGE)",
        "  /files/3/sequence: 1 or more (RANGE)",
    ]


async def test_another_web_server_is_recognized() -> None:
    def page() -> web.Response:
        return web.Response(status=404, text="<html>nginx</html>", content_type="text/html")

    async with serving(page) as (address, _), open_client(address, "token") as client:
        with pytest.raises(CommandFailed, match="is this the address of the API"):
            await client.downloads(uuid4())


async def test_nobody_there_is_told_after_a_few_attempts() -> None:
    async with open_client(f"http://{LOOPBACK}:{free_ports(1)[0]}", "token") as client:
        with pytest.raises(CommandFailed, match="Nothing answers"):
            await client.downloads(uuid4())


async def test_an_address_without_scheme_is_told() -> None:
    with pytest.raises(CommandFailed, match="takes an address such as"):
        async with open_client("localhost:8000", "token"):
            pass
