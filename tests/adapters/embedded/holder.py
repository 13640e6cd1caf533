"""A process that holds an embedded server, to be killed; and a look at what it leaves behind."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Literal

import psutil

Kind = Literal["postgres", "objects"]
Copy = Callable[[Path], None]

_SCRIPT = """
import asyncio, sys
from pathlib import Path
from adapters.embedded import EmbeddedObjectStore, EmbeddedPostgres, server_process

async def hold(kind, folder, death_signal):
    if death_signal == "unknown":
        server_process.death_signal = lambda number: None
    server = (
        EmbeddedPostgres(Path(folder), durable=False)
        if kind == "postgres"
        else EmbeddedObjectStore(Path(folder), buckets=["vitrine"])
    )
    async with server:
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold(*sys.argv[1:]))
"""


@contextmanager
def holder(
    kind: Kind, folder: Path, *, death_signal: Literal["sent", "unknown"] = "sent"
) -> Iterator[subprocess.Popen[str]]:
    """A holder that is ready. With death_signal="unknown" it runs as on a kernel that has no such signal."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, kind, str(folder), death_signal],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def end(process: subprocess.Popen[str], number: signal.Signals) -> None:
    process.send_signal(number)
    process.wait(60)


def servers_on(folder: Path) -> list[psutil.Process]:
    """Everything that runs with a path below `folder` on its command line, this process's children included."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(f"{folder}/" in word for word in process.info["cmdline"] or ()) and process.pid != psutil.Process().pid
    ]


def server_on(folder: Path) -> psutil.Process:
    """The server itself: PostgreSQL's children bear its command line until they have given themselves a title."""
    return min(servers_on(folder), key=psutil.Process.create_time)


def gone_within(seconds: float, folder: Path) -> bool:
    deadline = monotonic() + seconds
    while servers_on(folder):
        if monotonic() > deadline:
            return False
        sleep(0.02)
    return True
