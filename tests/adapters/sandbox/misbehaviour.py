"""What a child of the pool is made to do in the tests."""

import os
import resource
import time
from pathlib import Path

from domain.assets.failure import FailureCode, MediaRejected

_HERE = "tests.adapters.sandbox.misbehaviour"
FUNCTIONS = tuple(
    f"{_HERE}:{name}"
    for name in (
        *("add", "whoami", "abort", "leave", "hoard", "sleep", "chatter", "reject", "stumble"),
        *("miss", "fill_disk", "answer_at_length", "answer_nonsense"),
    )
)


def call(name: str) -> str:
    return f"{_HERE}:{name}"


def add(a: int, b: int) -> dict[str, object]:
    return {"sum": a + b}


def whoami() -> dict[str, object]:
    limits = {
        name: resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_NOFILE")
    }
    priority = {"nice": os.nice(0), "session_nice": _session_nice()}
    return {"pid": os.getpid(), "session": os.getsid(0), "environment": dict(os.environ), **limits, **priority}


def _session_nice() -> int | None:
    """None where the kernel knows of no such thing."""
    group = Path("/proc/self/autogroup")
    return int(group.read_text().split()[-1]) if group.exists() else None


def abort() -> dict[str, object]:
    os.abort()


def leave() -> dict[str, object]:
    os._exit(0)


def hoard() -> dict[str, object]:
    return {"size": len(bytearray(8 << 30))}


def sleep(seconds: float, started: str = "") -> dict[str, object]:
    if started:
        Path(started).write_text(str(os.getpid()))
    time.sleep(seconds)
    return {}


def chatter() -> dict[str, object]:
    """As C libraries do: to the descriptors, and much of it."""
    for _ in range(2000):
        os.write(1, b"progress: 50%\n" * 10)
        os.write(2, b"warning: something\n" * 10)
    return {"done": True}


def reject() -> dict[str, object]:
    raise MediaRejected(FailureCode.PIXEL_LIMIT_EXCEEDED, "Too many pixels.")


def stumble() -> dict[str, object]:
    raise RuntimeError("secret internals of a decoder")


def miss() -> dict[str, object]:
    return {"text": Path("/does/not/exist").read_text()}


def fill_disk(path: str) -> dict[str, object]:
    with Path(path).open("wb") as file:
        file.writelines(b"\0" * (1 << 20) for _ in range(64))
    return {}


def answer_at_length() -> dict[str, object]:
    return {"text": "x" * (8 << 20)}


def answer_nonsense() -> dict[str, object]:
    return {"object": object()}
