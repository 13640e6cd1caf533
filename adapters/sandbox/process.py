"""The parent's handle on one child."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import asdict

from adapters.sandbox.confinement import Limits
from adapters.sandbox.wire import (
    HEADER_SIZE,
    OUT_OF_MEMORY_STATUS,
    Answer,
    Call,
    Ready,
    Settings,
    body_size,
    decode_answer,
    frame,
)
from domain.errors import Unavailable

_START_SECONDS = 60.0
_EXIT_SECONDS = 5.0
_STDERR_TAIL = 4096
_CHUNK = 1 << 16


class ChildDied(Exception):
    """It ended, or said something that is no answer, before it answered."""


class ChildDidNotStart(Unavailable):
    code = "SANDBOX_UNAVAILABLE"


class Child:
    """A running interpreter that has imported its functions. Call `start`, not the constructor."""

    def __init__(self, process: Process) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self._process = process
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self._tail = bytearray()
        self._end = asyncio.create_task(self._watch())
        self.calls = 0

    @classmethod
    async def start(cls, functions: tuple[str, ...], limits: Limits) -> "Child":
        """A child that is ready to be called. Raises ChildDidNotStart."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "adapters.sandbox.child"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the parent alone
        )
        child = cls(process)
        settings = Settings(functions=functions, limits=asdict(limits))
        try:
            async with asyncio.timeout(_START_SECONDS):
                await child._exchange(frame(settings))
        except (ChildDied, TimeoutError) as error:
            child.kill()
            await child.bury()
            raise ChildDidNotStart(f"a decoder process did not start: {child.last_words}") from error
        except BaseException:
            child.kill()
            raise
        return child

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    @property
    def last_words(self) -> str:
        """The end of what it wrote to stderr."""
        return self._tail.decode(errors="replace").strip()

    async def call(self, call: Call) -> Answer:
        """Raises ChildDied. A cancelled call leaves an answer in the pipe: kill the child then."""
        self.calls += 1
        self._tail.clear()
        answer = await self._exchange(frame(call))
        if isinstance(answer, Ready):
            raise ChildDied("it answered out of turn")
        return answer

    async def bury(self) -> str:
        """How it ended, in words. After `kill` or its death alone; does not wait for ever."""
        self._stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_EXIT_SECONDS):
                while await self._stdout.read(_CHUNK):  # what nobody read would keep the pipe open
                    pass
                await asyncio.wait({self._end})
        return _how_it_ended(self._process.returncode)

    def kill(self) -> None:
        """Not by `Process.kill`, which would reap a child that has just died, and lose how."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def _exchange(self, request: bytes) -> Answer:
        try:
            self._stdin.write(request)
            await self._stdin.drain()
            header = await self._stdout.readexactly(HEADER_SIZE)
            return decode_answer(await self._stdout.readexactly(body_size(header)))
        except (OSError, EOFError, ValueError) as error:
            raise ChildDied(repr(error)) from error

    async def _watch(self) -> None:
        while chunk := await self._stderr.read(_STDERR_TAIL):
            self._tail += chunk
            del self._tail[:-_STDERR_TAIL]
        await self._process.wait()


def _how_it_ended(status: int | None) -> str:
    if status == OUT_OF_MEMORY_STATUS:
        return "it ran out of memory"
    if status is not None and status < 0:
        return f"it was ended by {signal.Signals(-status).name}"
    return "it ended too early"


def _environment() -> dict[str, str]:
    """Nothing of ours is passed on: the parent's environment holds its secrets."""
    return {
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "2",  # each further arena takes 64 MiB of address space
        "OMP_NUM_THREADS": "1",
        "VIPS_CONCURRENCY": "1",
    }
