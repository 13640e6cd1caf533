"""What operators and their probes ask."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
from litestar import MediaType, Response, Router, get
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example

from application.ports.log import Log
from domain.errors import Unavailable
from entrypoints.http.services import Probes

_METRICS = "text/plain; version=0.0.4"
_NO_STORE = {"Cache-Control": "no-store"}


class Readiness(msgspec.Struct):
    """`checks` says of each dependency whether it answers: up or down."""

    status: str
    checks: dict[str, str]


_ALIVE = {
    status: ResponseSpec(
        str,
        description=description,
        media_type=MediaType.TEXT,
        generate_examples=False,
        examples=[Example(value=example)],
    )
    for status, description, example in (
        (200, "It is.", "alive"),
        (503, "A loop hangs: start the process again.", "silent: relay"),
    )
}
_READY = {
    status: ResponseSpec(Readiness, description=description, generate_examples=False, examples=[Example(value=example)])
    for status, description, example in (
        (200, "Every dependency answers.", {"status": "ready", "checks": {"database": "up", "objects": "up"}}),
        (503, "Some do not.", {"status": "unready", "checks": {"database": "up", "objects": "down"}}),
    )
}
_NUMBERS = {
    200: ResponseSpec(
        str,
        description="Text format of Prometheus.",
        media_type=_METRICS,
        generate_examples=False,
        examples=[Example(value="media_processing_inflight_jobs 3.0\n")],
    )
}


def health_router(probes: Probes) -> Router:
    limit = probes.timeout.total_seconds()

    @get("/livez", media_type=MediaType.TEXT, summary="Ask whether the process is alive", responses=_ALIVE)
    async def livez() -> Response[str]:
        """Dependencies do not count: a process that waits for them need not be started again."""
        silent = probes.silent_loops()
        return Response(
            f"silent: {', '.join(silent)}" if silent else "alive",
            status_code=HTTPStatus.SERVICE_UNAVAILABLE if silent else HTTPStatus.OK,
            headers=_NO_STORE,
        )

    @get("/readyz", summary="Ask whether requests can be served", responses=_READY)
    async def readyz() -> Response[Readiness]:
        names = list(probes.readiness)
        states = await asyncio.gather(*[_state(name, probes.readiness[name], limit, probes.log) for name in names])
        ready = all(state == "up" for state in states)
        return Response(
            Readiness("ready" if ready else "unready", dict(zip(names, states, strict=True))),
            status_code=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
            headers=_NO_STORE,
        )

    @get("/metrics", media_type=_METRICS, summary="Get numbers for Prometheus", responses=_NUMBERS)
    async def metrics() -> Response[bytes]:
        try:
            async with asyncio.timeout(limit):
                numbers = await probes.metrics()
        except TimeoutError as error:
            raise Unavailable("the numbers could not be collected in time") from error
        return Response(numbers, media_type=_METRICS, headers=_NO_STORE)

    return Router("/", route_handlers=[livez, readyz, metrics], tags=["Operation"], security=[{}])


async def _state(name: str, check: Callable[[], Awaitable[None]], limit: float, log: Log) -> str:
    """A probe is told up or down; the reason is for the log."""
    try:
        async with asyncio.timeout(limit):
            await check()
    except Exception:
        log.exception("not_ready", dependency=name)
        return "down"
    return "up"
