"""Ports of processes that come back to the same address after a death: nobody else takes them meanwhile."""

import errno
import os
from random import SystemRandom

from adapters.embedded.ports import are_free

# Below what the embedded servers choose from. A SeaweedFS on the port of a Vitrine that was killed says, like
# Vitrine, that it is ready.
_CHOICE = range(12_000, 20_000)
_FOR_A_WORKER = 500
_given: set[int] = set()


def lasting_port() -> int:
    """One that nothing listens on, and that no other test of this run is given."""
    first = _CHOICE.start + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) * _FOR_A_WORKER % len(_CHOICE)
    for port in SystemRandom().sample(range(first, first + _FOR_A_WORKER), _FOR_A_WORKER):
        if port not in _given and are_free([port]):
            _given.add(port)
            return port
    raise OSError(errno.EADDRINUSE, f"no free port from {first} on")
