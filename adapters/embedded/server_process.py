import asyncio
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Self

from adapters.embedded.accounts import Account
from adapters.embedded.death_signal import death_signal
from adapters.embedded.errors import ServerStartFailed
from adapters.embedded.server_log import ServerLog

# Signals to send in turn, each with the seconds to wait for its effect.
StopSteps = Sequence[tuple[signal.Signals, float]]
_POLL = 0.01
_REAP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCommand:
    """How to run a server or one of its tools.

    `pid_file` is for a server that writes none itself. `stdin` is handed over at once: keep it below the
    size of a pipe (4 KiB everywhere).
    """

    name: str
    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    log: Path
    death_signal: signal.Signals
    stop_steps: StopSteps
    pid_file: Path | None = None
    account: Account | None = None
    stdin: bytes = b""


class ServerProcess:
    """A child in a session of its own: Ctrl-C does not reach it, the death of this process does.

    Create it on a thread that outlives it, best the event loop's; its output goes to the log alone.
    """

    def __init__(self, command: ServerCommand) -> None:
        self._command = command
        self._log = ServerLog(command.log)
        try:
            self._child = _spawn(command, self._log)
        except (OSError, subprocess.SubprocessError) as error:
            raise self._failure(f"could not be started: {error}") from error

    @classmethod
    async def start(cls, command: ServerCommand, *, ready: Callable[[int], Awaitable[bool]], within: float) -> Self:
        """Run the server until `ready(pid)` says so; raises ServerStartFailed, and then nothing runs."""
        process = cls(command)
        try:
            if command.pid_file is not None:
                command.pid_file.write_text(f"{process._child.pid}\n", encoding="utf-8")
            await process._wait_until(ready, within)
        except BaseException:
            await process.stop()
            raise
        return process

    @classmethod
    async def run(cls, command: ServerCommand, *, within: float) -> None:
        """Run a tool to its end; raises ServerStartFailed when it fails or takes more than `within` seconds."""
        process = cls(command)
        try:
            if not await process._exits_within(within):
                raise process._failure(f"took more than {within:g} s")
            if process._child.returncode != 0:
                raise process._failure(f"ended with code {process._child.returncode}")
        finally:
            await process.stop()

    async def stop(self) -> None:
        """End the server, politely first; when this returns or is cancelled, it is gone. May be repeated."""
        try:
            for number, patience in self._command.stop_steps:
                if self._child.poll() is not None:
                    return
                self._child.send_signal(number)
                if await self._exits_within(patience):
                    return
        finally:
            if self._child.poll() is None:
                self._child.kill()
                self._child.wait(_REAP_SECONDS)

    async def _wait_until(self, ready: Callable[[int], Awaitable[bool]], within: float) -> None:
        deadline = monotonic() + within
        while not await ready(self._child.pid):
            if (code := self._child.poll()) is not None:
                raise self._failure(f"ended with code {code} while starting")
            if monotonic() > deadline:
                raise self._failure(f"was not ready after {within:g} s")
            await asyncio.sleep(_POLL)

    async def _exits_within(self, seconds: float) -> bool:
        deadline = monotonic() + seconds
        while self._child.poll() is None:
            if monotonic() > deadline:
                return False
            await asyncio.sleep(_POLL)
        return True

    def _failure(self, reason: str) -> ServerStartFailed:
        return ServerStartFailed(self._command.name, reason, self._log.path, self._log.tail())


def _spawn(command: ServerCommand, log: ServerLog) -> subprocess.Popen[bytes]:
    account = command.account
    output = log.open()
    try:
        child = subprocess.Popen(  # noqa: S603  # the command line is built here, never by a client
            command.argv,
            cwd=command.folder,
            env=dict(command.environment),
            stdin=subprocess.PIPE if command.stdin else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=death_signal(command.death_signal),  # noqa: PLW1509  # one system call, no lock
        )
    finally:
        os.close(output)
    if child.stdin is not None:
        # A tool that has already ended tells why by its exit code and its log.
        with suppress(BrokenPipeError), child.stdin:
            child.stdin.write(command.stdin)
    return child
