"""Starting and stopping the servers, and the schema of their database."""

import asyncio
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from tests.entrypoints.cli.program import Program
from tests.system.vitrine_process import VitrineProcess

_START = 120


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The data in it are made by whoever comes first, which takes two seconds of CPU."""
    # Not in pytest's own folder, which lets nobody else in: root runs PostgreSQL as another user.
    with TemporaryDirectory(prefix="vitrine-cli-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


async def test_run_greets_and_ends_cleanly_on_ctrl_c(folder: Path) -> None:
    process = Program(folder, data_dir=str(folder / "data")).start("run", "--port", "0")
    greeting = await _read_until(process, "vitrine upload")
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    _, rest = await asyncio.to_thread(process.communicate, timeout=60)

    assert process.returncode == 0, rest
    assert "http://127.0.0.1:" in greeting
    assert "/docs" in greeting
    assert "TOKEN=ey" in greeting
    assert "curl -X PUT http://127.0.0.1:" in greeting
    assert "Stopped" in rest
    assert "Traceback" not in greeting + rest
    assert not [child for child in family if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


async def test_logs_for_machines_are_json_and_nothing_else(folder: Path) -> None:
    process = Program(folder, data_dir=str(folder / "data"), log_format="json").start("run", "--port", "0")
    started = await _read_until(process, '"started"')
    process.send_signal(signal.SIGTERM)
    output, rest = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 0
    assert output == ""
    events = [json.loads(line) for line in (started + rest).splitlines()]
    assert all("event" in event for event in events)


async def test_a_taken_port_and_a_folder_in_use_are_told(cli_vitrine: VitrineProcess, folder: Path) -> None:
    port = str(cli_vitrine.port)
    taken = await Program(folder, data_dir=str(folder / "data")).run_apart("run", "--port", port)
    in_use = await Program(folder, data_dir=str(cli_vitrine.data)).run_apart("run", "--port", "0")
    assert (taken.code, in_use.code) == (1, 1)
    assert "is the port taken?" in taken.notices
    assert f"is in use by process {cli_vitrine.pid}" in in_use.notices
    assert "Traceback" not in taken.notices + in_use.notices


async def test_migrate_goes_up_and_down_and_says_so(folder: Path) -> None:
    program = Program(folder, data_dir=str(folder / "other data"))
    up = await program.run_apart("migrate")
    again = await program.run_apart("migrate")
    down = await program.run_apart("migrate", "--down", "--revision", "base")
    assert [outcome.code for outcome in (up, again, down)] == [0, 0, 0], up.notices + again.notices + down.notices
    assert "from base (empty) to" in up.output
    assert "nothing to do" in again.output
    assert "to base (empty)" in down.output


async def test_migrate_explains_a_revision_that_does_not_exist(folder: Path) -> None:
    outcome = await Program(folder, data_dir=str(folder / "data")).run_apart("migrate", "--revision", "nonsense")
    assert outcome.code == 1
    assert "nonsense" in outcome.notices
    assert "Traceback" not in outcome.notices


async def _read_until(process: psutil.Popen, mark: str) -> str:
    """Standard error up to the line with `mark`."""

    def read() -> str:
        seen = ""
        for line in process.stderr:
            seen += line
            if mark in line:
                return seen
        raise AssertionError(f"it ended without {mark!r}:\n{seen}")

    try:
        return await asyncio.wait_for(asyncio.to_thread(read), timeout=_START)
    except BaseException:
        process.kill()
        raise
