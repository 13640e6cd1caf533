import asyncio
import os
import subprocess
from pathlib import Path
from time import monotonic

from adapters.embedded.errors import LeftoverServerRunning
from adapters.embedded.server_process import StopSteps

_POLL = 0.02
_PS_SECONDS = 5.0


async def stop_leftover(pid_file: Path, *, argument: str, stop_steps: StopSteps) -> None:
    """Stop the server that a killed holder left on this folder, or wait until it has stopped.

    `pid_file` names the process on its first line. The process is touched only if `argument`, which
    names the data folder, is on its command line: numbers of processes are used again.
    Raises LeftoverServerRunning when it will not stop.
    """
    pid = _pid_in(pid_file)
    if pid is None or not _runs_with(pid, argument):
        return
    for number, patience in stop_steps:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise LeftoverServerRunning(pid_file.parent, pid) from error
        if await _ends_within(pid, argument, patience):
            return
    raise LeftoverServerRunning(pid_file.parent, pid)


async def _ends_within(pid: int, argument: str, seconds: float) -> bool:
    deadline = monotonic() + seconds
    while _runs_with(pid, argument):
        if monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL)
    return True


def _pid_in(pid_file: Path) -> int | None:
    try:
        first, *_ = pid_file.read_text(encoding="utf-8").splitlines()
        return int(first)
    except (FileNotFoundError, ValueError):
        return None


def _runs_with(pid: int, argument: str) -> bool:
    """A zombie has no command line left: it counts as gone."""
    if Path("/proc/self/cmdline").exists():
        try:
            return argument.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return False
    listed = subprocess.run(  # noqa: S603
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        timeout=_PS_SECONDS,
        check=False,
    )
    return f" {argument} " in f" {listed.stdout.strip()} "
