import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError

from domain.errors import Unavailable

_ATTEMPTS = 3
_FIRST_PAUSE = 0.1
_SERVER_ERROR = 500

T = TypeVar("T")


class StoreRefused(Unavailable):
    """The store answered, and said no: wrong credentials, no such bucket, bytes damaged on the way."""

    code = "STORE_REFUSED"

    def __init__(self, action: str, *, status: int, reason: str) -> None:
        super().__init__(f"the object store refused {action}: {status} {reason}")
        self.status = status
        self.reason = reason


@contextmanager
def translated(action: str) -> Iterator[None]:
    """Turn what botocore and aiohttp raise into `Unavailable`. `action` names the call for a reader of logs."""
    try:
        yield
    except ClientError as error:
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if status >= _SERVER_ERROR:
            raise Unavailable(f"the object store failed at {action}: {status}") from error
        raise StoreRefused(action, status=status, reason=error_code(error)) from error
    except (BotoCoreError, aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable(f"the object store does not answer {action}: {error!r}") from error


async def retried(action: str, attempt: Callable[[], Awaitable[T]]) -> T:
    """Try up to three times, with jittered pauses of some 0.1 and 0.2 s; then raise Unavailable."""
    for number in range(_ATTEMPTS - 1):
        try:
            return await attempt()
        except StoreRefused:
            raise
        except (Unavailable, aiohttp.ClientError, TimeoutError):
            pause = _FIRST_PAUSE * 2**number
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 (spreads load, guards nothing)
    with translated(action):
        return await attempt()


def error_code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
