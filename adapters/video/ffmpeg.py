"""Runs the ffmpeg program as a child that can be watched, bounded and killed."""

import asyncio
import contextlib
import logging
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Sequence

import imageio_ffmpeg

from domain.assets.failure import FailureCode, MediaRejected

_log = logging.getLogger(__name__)

_EXIT_SECONDS = 5.0
_STDERR_TAIL = 4096
_BAD_INPUT = "Invalid data found when processing input"

OnTime = Callable[[float], Awaitable[None]]
"""Told the position in the video, in seconds."""


class Ffmpeg:
    """`launcher` begins the command line: what confines the program before it becomes it."""

    def __init__(self, *, launcher: Sequence[str] = ()) -> None:
        self._program = (*launcher, imageio_ffmpeg.get_ffmpeg_exe())

    async def run(self, arguments: Sequence[str], *, seconds: float, on_time: OnTime | None = None) -> None:
        """Raises MediaRejected: TIMEOUT, DECODER_CRASHED, UNREADABLE_MEDIA or TRANSCODE_FAILED.

        The program does not survive this call, however it ends.
        """
        process = await asyncio.create_subprocess_exec(
            *self._program, *arguments, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env={}, start_new_session=True
        )
        complaints = asyncio.create_task(_tail(process))
        deadline = asyncio.timeout(seconds)
        try:
            async with deadline:
                await _follow(process, on_time)
                await asyncio.wait({complaints})
                status = await process.wait()
        except TimeoutError:
            if not deadline.expired():  # it is the listener's
                raise
            raise MediaRejected(FailureCode.TIMEOUT, f"Transcoding took more than {seconds:.0f} s.") from None
        finally:
            await _end(process, complaints)
        if status != 0:
            raise _failure(status, complaints.result())


async def _follow(process: Process, on_time: OnTime | None) -> None:
    """Reads the report (`key=value` a line) until the program closes it."""
    assert process.stdout
    async for line in process.stdout:
        key, _, value = line.decode(errors="replace").strip().partition("=")
        if on_time and key == "out_time_us" and value.isdecimal():
            await on_time(int(value) / 1e6)


async def _tail(process: Process) -> str:
    assert process.stderr
    tail = b""
    while chunk := await process.stderr.read(_STDERR_TAIL):
        tail = (tail + chunk)[-_STDERR_TAIL:]
    return tail.decode(errors="replace").strip()


async def _end(process: Process, complaints: asyncio.Task[str]) -> None:
    """Not by `Process.kill`, which would reap a program that has just ended, and lose its status."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    await asyncio.wait({complaints, asyncio.ensure_future(process.wait())}, timeout=_EXIT_SECONDS)


def _failure(status: int, complaint: str) -> MediaRejected:
    _log.warning("ffmpeg ended with status %d: %s", status, complaint)
    if status < 0:
        return MediaRejected(FailureCode.DECODER_CRASHED, f"The transcoder was ended by signal {-status}.")
    if _BAD_INPUT in complaint:
        return MediaRejected(FailureCode.UNREADABLE_MEDIA, "The video is damaged.")
    return MediaRejected(FailureCode.TRANSCODE_FAILED, f"The transcoder gave up (status {status}).")
