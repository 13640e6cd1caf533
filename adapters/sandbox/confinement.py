"""What untrusted bytes may cost: memory, disk, descriptors; and nothing outlives us.

A script too: `python confinement.py PARENT '<limits as JSON>' PROGRAM ARGUMENT...` confines itself and becomes
the program, unless PARENT is its parent no longer. That needs no code between fork and exec, which is unsafe in a
process that has threads.
For the same reason this file imports the standard library alone.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`memory` is address space and holds on Linux alone; it and `file_size` are in bytes. `nice` counts from where the
    parent stands.
    """

    memory: int = 1 << 30
    file_size: int = 1 << 28
    open_files: int = 128
    nice: int = 5


def confine(limits: Limits) -> None:
    """Bind this process, and whatever it becomes, to the limits. There is no way back."""
    _die_with_parent()
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, limits.file_size)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_AS, limits.memory)
    _give_way(limits.nice)


def confined(limits: Limits) -> tuple[str, ...]:
    """The start of a command line that runs the rest of it under the limits, as a child of this process."""
    script = os.path.abspath(__file__)  # noqa: PTH100 - no pathlib: it doubles the start-up time
    return (sys.executable, "-I", "-S", script, str(os.getpid()), json.dumps(asdict(limits)))


def _lower(kind: int, wanted: int) -> None:
    """A ceiling set from outside that is lower still stays."""
    _, ceiling = resource.getrlimit(kind)
    value = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
    resource.setrlimit(kind, (value, value))


def _give_way(nice: int) -> None:
    """Where the kernel shares out the processor by session, niceness counts within one alone, and our children lead
    sessions of their own: so the session gives way too. In a container only the first counts.
    """
    reached = os.nice(nice)
    if os.getsid(0) == os.getpid():
        with suppress(OSError), open("/proc/self/autogroup", "w", encoding="ascii") as group:  # noqa: PTH123 - no pathlib
            group.write(str(reached))


def _die_with_parent() -> None:
    """Otherwise a kill -9 of the parent leaves a busy child behind. Survives exec."""
    if sys.platform != "linux":
        return
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for option, value in ((_PR_SET_PDEATHSIG, signal.SIGKILL), (_PR_SET_NO_NEW_PRIVS, 1)):
        if prctl(option, int(value), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl failed")


if __name__ == "__main__":
    confine(Limits(**json.loads(sys.argv[2])))
    # Whoever died before the kernel was asked to tell us is told of by nobody.
    if os.getppid() != int(sys.argv[1]):
        sys.exit("the parent has gone")
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606 - an argument list, and no shell
