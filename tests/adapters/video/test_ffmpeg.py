"""The program is watched, bounded, and never left behind."""

import asyncio
import os
import sys

import psutil
import pytest

from adapters.sandbox.confinement import Limits, confined
from adapters.video.ffmpeg import Ffmpeg
from domain.assets.failure import FailureCode, MediaRejected
from tests.adapters.sandbox.waiting import until
from tests.adapters.video.conftest import LAUNCHER

ENDLESS = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=1", "-f", "null", "-"]
SLOW = ["-nostdin", "-v", "error", "-re", *ENDLESS[3:]]


async def test_past_its_deadline_it_is_killed() -> None:
    with pytest.raises(MediaRejected) as caught:
        await Ffmpeg(launcher=LAUNCHER).run(SLOW, seconds=0.5)
    assert caught.value.failure.code is FailureCode.TIMEOUT
    assert _running(os.getpid()) == []


async def test_cancelled_it_is_killed() -> None:
    running = asyncio.create_task(Ffmpeg(launcher=LAUNCHER).run(SLOW, seconds=60))
    await until(lambda: len(_running(os.getpid())) == 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert _running(os.getpid()) == []


async def test_a_listener_that_fails_ends_it() -> None:
    async def fail(_: float) -> None:
        raise LookupError("the lease is lost")

    command = ["-progress", "pipe:1", "-stats_period", "0.1", *SLOW]
    with pytest.raises(LookupError):
        await Ffmpeg(launcher=LAUNCHER).run(command, seconds=20, on_time=fail)
    assert _running(os.getpid()) == []


async def test_an_error_of_its_own_is_a_failed_transcode() -> None:
    with pytest.raises(MediaRejected) as caught:
        await Ffmpeg(launcher=LAUNCHER).run(["-no_such_option"], seconds=20)
    assert caught.value.failure.code is FailureCode.TRANSCODE_FAILED


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")
async def test_its_memory_is_bounded() -> None:
    launcher = confined(Limits(memory=512 << 20))
    hungry = [
        "-nostdin",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "color=size=16000x16000",
        "-frames:v",
        "9",
        "-f",
        "null",
        "-",
    ]
    with pytest.raises(MediaRejected) as caught:
        await Ffmpeg(launcher=launcher).run(hungry, seconds=60)
    assert caught.value.failure.code in {FailureCode.TRANSCODE_FAILED, FailureCode.DECODER_CRASHED}


_PARENT = """
import asyncio
from adapters.video.ffmpeg import Ffmpeg
from tests.adapters.video.test_ffmpeg import LAUNCHER, SLOW

asyncio.run(Ffmpeg(launcher=LAUNCHER).run(SLOW, seconds=60))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends when its pipe does")
async def test_a_parent_killed_with_sigkill_leaves_none() -> None:
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", _PARENT, env=environment)
    try:
        seen: set[int] = set()
        # A program that has only just begun goes by another name for a moment: remember it once it was seen.
        await until(lambda: bool(seen.update(_running(parent.pid)) or seen))
        [program] = seen
    finally:
        parent.kill()
        await parent.wait()
    await until(lambda: not psutil.pid_exists(program))


def _running(parent: int) -> list[int]:
    return [child.pid for child in psutil.Process(parent).children() if "ffmpeg" in child.name()]


async def test_without_its_parent_it_does_not_begin() -> None:
    """A parent that was killed while the program was still starting."""
    launcher = list(LAUNCHER)
    launcher[launcher.index(str(os.getpid()))] = str(os.getppid())
    with pytest.raises(MediaRejected, match="status 1"):
        await Ffmpeg(launcher=launcher).run(SLOW, seconds=20)
