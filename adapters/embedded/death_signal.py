import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def death_signal(number: signal.Signals) -> Callable[[], None] | None:
    """What a child must run before exec so that the kernel sends it `number` when its parent dies.

    The kernel takes the *thread* that forks for the parent and forgets the signal when credentials
    change: fork from a thread that lives as long as the child may, and run this after the change of user.
    None where the kernel knows no such signal; there the next start finds the leftover.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_for_signal() -> None:
        # The parent may have died before the signal was asked for.
        if prctl(_PR_SET_PDEATHSIG, int(number)) != 0 or os.getppid() != parent:
            os._exit(1)

    return ask_for_signal
