"""One process of a deployment: `vitrine api`, `relay`, `worker` or `consume`."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from adapters.embedded.death_signal import death_signal
from tests.lasting_ports import lasting_port
from tests.stack.program import PROGRAM
from tests.system.family import Family
from tests.system.own_answer import answers_ok
from tests.system.plain_http import plain_http
from tests.system.waiting import eventually

_START = 150.0
_STOP = 90.0


class RoleProcess:
    """The address of its probes stays the same over restarts."""

    def __init__(self, name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.port = lasting_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"{name}.log"
        self.starts = 0
        self.ends = 0
        """How often it was told to end, politely or not; a start beyond that follows a crash."""
        self._command = [str(PROGRAM), *arguments, "--port", str(self.port)]
        self._environment = environment
        self._process: psutil.Popen | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return int(self._process.pid)

    @property
    def family(self) -> Family:
        return Family(self.pid)

    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(self) -> None:
        """Start it, and do not wait."""
        assert not self.runs()
        self.starts += 1
        with self.log.open("ab") as log:
            self._process = psutil.Popen(
                self._command,
                env=self._environment,
                cwd=self.log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=death_signal(signal.SIGTERM),
            )

    async def answers(self, path: str = "/livez") -> None:
        """Returns once it does, with 200."""
        async with plain_http(timeout=5) as http:

            async def look() -> bool:
                assert self.runs(), f"{self.name} has ended:\n{self.log_tail()}"
                assert self._process is not None
                return await answers_ok(self._process, http, self.port, path)

            try:
                await eventually(look, within=_START, expecting=f"{self.name} answers {path}")
            except AssertionError as error:
                error.add_note(self.log_tail())
                raise

    def send(self, number: signal.Signals) -> None:
        if self.runs():
            self.ends += number in {signal.SIGKILL, signal.SIGTERM}
            os.kill(self.pid, number)

    async def end(self, number: signal.Signals) -> int:
        """Send the signal, and return the exit code."""
        self.send(number)
        assert self._process is not None
        try:
            return int(await asyncio.to_thread(self._process.wait, _STOP))
        except psutil.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"{self.name} goes on {_STOP:g} s after {number.name}:\n{self.log_tail()}") from None

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-5000:] if self.log.exists() else ""
