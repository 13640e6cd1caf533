"""Child processes that are measured, and what they and the servers cost."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

_START_SECONDS = 60
_STOP_SECONDS = 20


@asynccontextmanager
async def running(*arguments: str, environment: Mapping[str, str], log: Path) -> AsyncIterator["Running"]:
    """`python -m <arguments>`, which prints one line once it is ready. It ends with the block."""
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments, stdin=DEVNULL, stdout=PIPE, stderr=errors, env=dict(environment)
        )
    try:
        yield Running(pid=process.pid, ready=await _first_line(process))
    except Exception as error:
        error.add_note(_last_troubles(log))
        raise
    finally:
        await _stop(process)


async def _first_line(process: Process) -> str:
    assert process.stdout
    async with asyncio.timeout(_START_SECONDS):
        line = await process.stdout.readline()
    if not line:
        raise RuntimeError("a process did not start")
    return line.decode().strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """`ready` is the line that it printed."""

    pid: int
    ready: str


def _last_troubles(log: Path) -> str:
    """What is no plain note of a request or a task, for the log goes away with the folder."""
    lines = log.read_text(errors="replace").splitlines()
    troubles = [line for line in lines if '"level":"info"' not in line]
    return "\n".join([f"the end of {log.name}:", *troubles[-20:]])


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def cpu_seconds(*workers: int) -> dict[str, float]:
    """CPU seconds so far by part: the processes `workers`, their children as `decoders`, and the servers."""
    used: dict[str, float] = defaultdict(float)
    decoders = {child.pid for worker in workers for child in psutil.Process(worker).children(recursive=True)}
    for process in psutil.Process().children(recursive=True):
        try:
            name, times = process.name(), process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        # Those of the dead are in the books of their parent: a pool that replaces a child loses nothing.
        own, of_the_dead = times.user + times.system, times.children_user + times.children_system
        if process.pid in workers:
            used["worker"] += own
            used["decoders"] += of_the_dead
        elif process.pid in decoders:
            used["decoders"] += own + of_the_dead
        elif not name.startswith("python"):
            used[name] += own + of_the_dead
    return used
