"""Calls of aiokafka with an end. It may take no notice of being cancelled, and may cancel what it awaits itself."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiokafka.errors import KafkaError

T = TypeVar("T")

_left: set["asyncio.Task[Any]"] = set()


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Its result. Raises TimeoutError, and KafkaError when the client has cancelled its own work: that must not look
    like a cancellation of ours.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait([task], timeout=seconds)
    except asyncio.CancelledError:
        _leave(task)
        raise
    if not task.done():
        _leave(task)
        raise TimeoutError(f"no end after {seconds:g} s")
    if task.cancelled():
        raise KafkaError("the client has given up its own work")
    return task.result()


def _leave(task: "asyncio.Task[Any]") -> None:
    """It is told to end, and not waited for."""
    task.cancel()
    _left.add(task)
    task.add_done_callback(_forget)


def _forget(task: "asyncio.Task[Any]") -> None:
    _left.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that asyncio does not report it
