"""The life of a process: everything starts, works until it is told to stop, drains, and ends."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

from application.ports.log import Log
from entrypoints.consumer.loops import Loops
from entrypoints.consumer.part import Part
from entrypoints.garbage import spare_what_is_open
from entrypoints.http.server import HttpServer
from entrypoints.stop_signal import StopSignal

Started = Callable[[HttpServer], Awaitable[None]]


async def live(
    parts: Sequence[Part],
    server: HttpServer,
    *,
    started: Started,
    stop: StopSignal,
    drain: timedelta,
    server_goes_last: bool,
    loops: Loops,
    log: Log,
) -> None:
    """Until `stop`, or until a part ends or fails. `started` is told once HTTP answers.

    What is at hand may be finished within `drain`; the rest is cancelled, which gives leases back. A server of probes
    goes last, so that the drain can be watched; one of the API goes first.
    """
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve())
        working = [group.create_task(part.run()) for part in parts]
        await server.ready()
        spare_what_is_open()
        await started(server)
        await _first([stop.asked.wait()], [serving, *working])
        loops.let_go()
        if not server_goes_last:
            await server.stop()
        for part in parts:
            part.stop()
        await _drain(working, stop, drain, log)
        await server.stop()


async def _drain(working: Sequence["asyncio.Task[None]"], stop: StopSignal, drain: timedelta, log: Log) -> None:
    if working and drain:
        await _first([stop.urged.wait(), asyncio.sleep(drain.total_seconds()), asyncio.wait(working)], [])
    left = [task for task in working if not task.done()]
    if left:
        log.warning("process.drain_ended", left=len(left))
    for task in left:
        task.cancel()
    if working:
        await asyncio.wait(working)


async def _first(waits: Collection[Awaitable[Any]], tasks: Collection["asyncio.Future[Any]"]) -> None:
    """Return once one of them has ended. What was only waited for is forgotten, the tasks go on."""
    waiting = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait([*waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waiting:
            wait.cancel()
