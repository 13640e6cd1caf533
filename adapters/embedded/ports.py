import errno
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from typing import TypeVar

from adapters.embedded.errors import ServerStartFailed

LOOPBACK = "127.0.0.1"
# Below the ranges from which Linux and macOS draw the local ports of outgoing
# connections, so that no client can take a port between the choice and its use.
_CHOICE = range(20_000, 32_000)
_ROUNDS = 100
_ATTEMPTS = 5
_TAKEN = {errno.EADDRINUSE, errno.EACCES}

Started = TypeVar("Started")


async def start_on_free_ports(
    choose: Callable[[], Sequence[int]], start: Callable[[Sequence[int]], Awaitable[Started]]
) -> Started:
    """Start a server on chosen ports, and on others when somebody took one of them before the server did."""
    for _ in range(_ATTEMPTS - 1):
        ports = choose()
        try:
            return await start(ports)
        except ServerStartFailed:
            if are_free(ports):
                raise
    return await start(choose())


def free_ports(count: int) -> list[int]:
    """`count` different ports that nothing listens on; another process may still take one of them later."""
    for _ in range(_ROUNDS):
        ports = secrets.SystemRandom().sample(_CHOICE, count)
        if are_free(ports):
            return ports
    raise OSError(errno.EADDRINUSE, f"no {count} free ports between {_CHOICE.start} and {_CHOICE.stop}")


def are_free(ports: Sequence[int]) -> bool:
    with ExitStack() as probes:
        for port in ports:
            probe = probes.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            # A connection of a server that has just stopped lingers in TIME_WAIT and blocks nobody.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
                probe.listen(1)
            except OSError as error:
                if error.errno in _TAKEN:
                    return False
                raise
    return True
