"""Children die. Nothing else does."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from adapters.sandbox.pool import ChildProcessPool
from adapters.sandbox.process import ChildDidNotStart
from domain.assets.failure import FailureCode, MediaRejected
from tests.adapters.sandbox.misbehaviour import FUNCTIONS, call
from tests.adapters.sandbox.waiting import until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="children are confined by rlimits")


@pytest.mark.parametrize("function", ["abort", "leave", "hoard", "answer_at_length", "answer_nonsense"])
async def test_a_crash_ends_in_a_code_and_the_next_call_works(pool: ChildProcessPool, function: str) -> None:
    with pytest.raises(MediaRejected) as caught:
        await pool.run(call(function), {}, timeout=5)
    assert caught.value.failure.code is FailureCode.DECODER_CRASHED
    assert await pool.run(call("add"), {"a": 1, "b": 1}, timeout=5) == {"sum": 2}


async def test_the_crash_says_how_the_child_ended(pool: ChildProcessPool) -> None:
    with pytest.raises(MediaRejected, match="SIGABRT"):
        await pool.run(call("abort"), {}, timeout=5)
    with pytest.raises(MediaRejected, match="out of memory"):
        await pool.run(call("hoard"), {}, timeout=5)


async def test_a_child_killed_in_mid_call_is_a_crash(pool: ChildProcessPool, tmp_path: Path) -> None:
    sleeping = asyncio.create_task(_sleep(pool, tmp_path / "pid"))
    os.kill(await _pid_in(tmp_path / "pid"), signal.SIGKILL)
    with pytest.raises(MediaRejected, match="SIGKILL"):
        await sleeping


async def test_a_child_killed_while_idle_is_replaced_unnoticed(pool: ChildProcessPool) -> None:
    pid = (await pool.run(call("whoami"), {}, timeout=5))["pid"]
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)
    await until(lambda: not psutil.pid_exists(pid))
    await asyncio.sleep(0.2)  # the event loop hears of a death a moment after the kernel
    assert (await pool.run(call("whoami"), {}, timeout=5))["pid"] != pid


async def test_a_call_past_its_deadline_is_killed(pool: ChildProcessPool, tmp_path: Path) -> None:
    with pytest.raises(MediaRejected) as caught:
        await pool.run(call("sleep"), {"seconds": 60, "started": str(tmp_path / "pid")}, timeout=0.5)
    assert caught.value.failure.code is FailureCode.TIMEOUT
    pid = await _pid_in(tmp_path / "pid")
    await until(lambda: not psutil.pid_exists(pid))
    assert await pool.run(call("add"), {"a": 1, "b": 1}, timeout=5) == {"sum": 2}


async def test_a_cancelled_call_is_killed(pool: ChildProcessPool, tmp_path: Path) -> None:
    sleeping = asyncio.create_task(_sleep(pool, tmp_path / "pid"))
    pid = await _pid_in(tmp_path / "pid")
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
    await until(lambda: not psutil.pid_exists(pid))
    assert await pool.run(call("add"), {"a": 1, "b": 1}, timeout=5) == {"sum": 2}


async def test_a_child_is_replaced_after_its_share_of_calls() -> None:
    async with ChildProcessPool(functions=FUNCTIONS, size=1, calls_per_child=2) as pool:
        pids = [(await pool.run(call("whoami"), {}, timeout=5))["pid"] for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_leaving_the_pool_leaves_no_child() -> None:
    others = _children(os.getpid())
    async with ChildProcessPool(functions=FUNCTIONS, size=2):
        assert len(_children(os.getpid()) - others) == 2
    assert _children(os.getpid()) <= others


async def test_leaving_the_pool_ends_the_calls_under_way(tmp_path: Path) -> None:
    async with ChildProcessPool(functions=FUNCTIONS, size=1) as pool:
        sleeping = asyncio.create_task(_sleep(pool, tmp_path / "pid"))
        pid = await _pid_in(tmp_path / "pid")
    assert not psutil.pid_exists(pid)
    with pytest.raises(MediaRejected):
        await sleeping
    with pytest.raises(RuntimeError, match="closed"):
        await pool.run(call("add"), {"a": 1, "b": 1}, timeout=5)


async def test_a_pool_that_cannot_start_says_why_and_leaves_no_child() -> None:
    others = _children(os.getpid())
    with pytest.raises(ChildDidNotStart, match="no_such_module"):
        async with ChildProcessPool(functions=("no_such_module:run",), size=2):
            pytest.fail("it started")
    await until(lambda: _children(os.getpid()) <= others)


_PARENT = """
import asyncio, sys
from adapters.sandbox.pool import ChildProcessPool
from tests.adapters.sandbox.misbehaviour import FUNCTIONS, call

async def main():
    async with ChildProcessPool(functions=FUNCTIONS, size=2) as pool:
        await pool.run(call("sleep"), {"seconds": 60, "started": sys.argv[1]}, timeout=60)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a busy child ends with its call")
async def test_a_parent_killed_with_sigkill_leaves_no_child(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PARENT, str(tmp_path / "pid"), env={"PYTHONPATH": os.pathsep.join(sys.path)}
    )
    try:
        busy = await _pid_in(tmp_path / "pid")
        children = _children(parent.pid)
        assert busy in children
        assert len(children) == 2
    finally:
        parent.kill()
        await parent.wait()
    await until(lambda: not any(psutil.pid_exists(pid) for pid in children))


async def _sleep(pool: ChildProcessPool, started: Path) -> None:
    await pool.run(call("sleep"), {"seconds": 60, "started": str(started)}, timeout=60)


def _children(pid: int) -> set[int]:
    return {child.pid for child in psutil.Process(pid).children() if _is_decoder(child)}


def _is_decoder(process: psutil.Process) -> bool:
    """One that has ended, and is not yet buried, is none."""
    with suppress(psutil.NoSuchProcess):
        return "adapters.sandbox.child" in process.cmdline()
    return False


async def _pid_in(path: Path) -> int:
    found: list[int] = []

    def look() -> bool:
        found.extend(int(text) for text in (path.read_text() if path.exists() else "").split())
        return bool(found)

    await until(look)
    return found[0]
