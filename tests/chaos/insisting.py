"""A client that does not give up: whatever does not answer, or answers 5xx, is asked again."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from http import HTTPStatus
from time import monotonic

import httpx

from tests.system.answers import told

PATIENCE = 180.0
_PAUSE = 0.3


class GivenUp(Exception):
    """The last answer, or why there was none."""


async def insist(
    call: Callable[[], Awaitable[httpx.Response]], accept: Collection[int], *, within: float = PATIENCE
) -> httpx.Response:
    """The first answer with one of these statuses. Raises GivenUp at any other answer below 500, or when time is up."""
    deadline = monotonic() + within
    while True:
        try:
            answer = await call()
        except httpx.TransportError as error:
            trouble = f"{type(error).__name__}: {error}"
        else:
            if answer.status_code in accept:
                return answer
            trouble = told(answer)
            if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise GivenUp(trouble)
        if monotonic() > deadline:
            raise GivenUp(trouble)
        await asyncio.sleep(_PAUSE)
