import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import psutil
import pytest

from adapters.embedded import ServerStartFailed
from adapters.embedded.server_log import ServerLog
from adapters.embedded.server_process import ServerCommand, ServerProcess

POLITE = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
STUBBORN = "trap '' TERM; echo up; while :; do sleep 0.05; done"


def a_command(
    folder: Path, script: str, *, stop_steps: Sequence[tuple[signal.Signals, float]] = POLITE, stdin: bytes = b""
) -> ServerCommand:
    return ServerCommand(
        name="a server",
        argv=("/bin/sh", "-c", script),
        folder=folder,
        environment={"PATH": "/usr/bin:/bin"},
        log=folder / "server.log",
        pid_file=folder / "server.pid",
        death_signal=signal.SIGKILL,
        stop_steps=stop_steps,
        stdin=stdin,
    )


async def started(command: ServerCommand, within: float = 5) -> ServerProcess:
    async def up(_pid: int) -> bool:
        return "up" in command.log.read_text()

    return await ServerProcess.start(command, ready=up, within=within)


def runs(folder: Path) -> bool:
    return psutil.pid_exists(int((folder / "server.pid").read_text()))


async def test_a_start_is_bounded_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ServerStartFailed, match=r"not ready after 0\.2 s") as failure:
        await started(a_command(tmp_path, "echo waiting; exec sleep 30"), within=0.2)
    assert failure.value.log_tail == "waiting"
    assert not runs(tmp_path)


async def test_an_early_end_is_told_with_the_log_of_this_run_alone(tmp_path: Path) -> None:
    (tmp_path / "server.log").write_text("an older run\n")
    with pytest.raises(ServerStartFailed, match="ended with code 3 while starting") as failure:
        await started(a_command(tmp_path, "echo no disk >&2; exit 3"))
    assert failure.value.log_tail == "no disk"


async def test_a_server_that_ignores_the_polite_signal_is_killed_in_time(tmp_path: Path) -> None:
    steps = ((signal.SIGTERM, 0.2), (signal.SIGKILL, 5.0))
    server = await started(a_command(tmp_path, STUBBORN, stop_steps=steps))
    before = monotonic()
    await server.stop()
    assert 0.2 <= monotonic() - before < 2
    assert not runs(tmp_path)
    await server.stop()


async def test_a_cancelled_stop_does_not_leave_the_server_behind(tmp_path: Path) -> None:
    server = await started(a_command(tmp_path, STUBBORN))
    stopping = asyncio.ensure_future(server.stop())
    await asyncio.sleep(0.1)
    assert runs(tmp_path)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert not runs(tmp_path)


async def test_a_tool_reads_its_input_and_its_failure_is_raised(tmp_path: Path) -> None:
    await ServerProcess.run(a_command(tmp_path, "cat", stdin=b"a statement"), within=5)
    assert ServerLog(tmp_path / "server.log").path.read_text() == "a statement"
    with pytest.raises(ServerStartFailed, match="ended with code 1"):
        await ServerProcess.run(a_command(tmp_path, "exec 0<&-; exit 1", stdin=b"unread"), within=5)
    with pytest.raises(ServerStartFailed, match=r"took more than 0\.1 s"):
        await ServerProcess.run(a_command(tmp_path, "exec sleep 30"), within=0.1)


async def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    command = a_command(tmp_path, "exit")
    missing = ServerCommand(
        name="a server",
        argv=("/no/such/program",),
        folder=tmp_path,
        environment={},
        log=command.log,
        death_signal=signal.SIGKILL,
        stop_steps=POLITE,
    )
    with pytest.raises(ServerStartFailed, match=r"could not be started.*/no/such/program"):
        await started(missing)


def test_a_long_log_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_bytes(b"x" * (8 * 1024 * 1024 + 1))
    assert ServerLog(path).tail() == ""
    assert (tmp_path / "server.log.1").stat().st_size > 8 * 1024 * 1024
    assert not path.exists()
