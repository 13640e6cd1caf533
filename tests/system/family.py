"""The processes of one Vitrine: its servers, its decoders, and whoever else works for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import psutil

from tests.system.waiting import eventually


class Family:
    """Of the process `pid`, which must be alive. Answers are those of the moment."""

    def __init__(self, pid: int) -> None:
        self._head = psutil.Process(pid)

    def everybody(self) -> list[psutil.Process]:
        """The head first."""
        return [self._head, *self._head.children(recursive=True)]

    def decoders(self) -> list[psutil.Process]:
        return self._with_argument("adapters.sandbox.child")

    def ffmpegs(self) -> list[psutil.Process]:
        """Those that transcode, without what confines them before."""
        return [process for process in self._with_argument("-filter_complex") if "ffmpeg" in _name(process)]

    async def transcoding(self) -> list[psutil.Process]:
        """As `ffmpegs`, once there is one."""

        async def at_work() -> list[psutil.Process] | None:
            return self.ffmpegs() or None

        return await eventually(at_work, within=60, expecting="ffmpeg works on a video", every=0.03)

    async def idle(self) -> None:
        """Returns once nobody transcodes."""

        async def done() -> bool:
            return not self.ffmpegs()

        await eventually(done, within=60, expecting="ffmpeg has ended")

    def object_store(self) -> psutil.Process:
        (process,) = self._with_argument("mini")
        return process

    def postgres(self) -> psutil.Process:
        """The one that all others of PostgreSQL hang on."""
        (process,) = (process for process in self._head.children() if _name(process) == "postgres")
        return process

    def _with_argument(self, argument: str) -> list[psutil.Process]:
        return [process for process in self.everybody()[1:] if argument in _arguments(process)]


@contextmanager
def frozen(processes: Sequence[psutil.Process]) -> Iterator[None]:
    """They do nothing until the block ends: whatever waits for them is in the middle of its work."""
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def kill(processes: Sequence[psutil.Process]) -> None:
    assert processes, "there is nobody to kill"
    for process in processes:
        process.kill()


def lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _arguments(process: psutil.Process) -> Sequence[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


def _name(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return str(process.name())
    return ""
