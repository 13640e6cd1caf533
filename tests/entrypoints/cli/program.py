"""The command `vitrine`, run as people run it."""

import asyncio
import io
import os
import re
import signal
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import psutil

from adapters.embedded.death_signal import death_signal
from entrypoints.cli.main import main

_PROGRAM = Path(sys.executable).with_name("vitrine")
_WITHIN = 100.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    code: int
    output: str
    notices: str


class Program:
    """`settings` are environment variables without their prefix. Commands run in the folder `at`."""

    def __init__(self, at: Path, **settings: str) -> None:
        self._at = at
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("VITRINE_", "PYTHON"))}
        ours = {f"VITRINE_{name.upper()}": value for name, value in settings.items()}
        self._environment = inherited | ours

    async def run(self, *arguments: str | Path) -> Outcome:
        """Until it ends, in a thread of this process: a process a command would take a second to start."""
        return await asyncio.to_thread(self._call, [str(argument) for argument in arguments])

    async def run_apart(self, *arguments: str | Path) -> Outcome:
        """Until it ends, in a process of its own."""
        process = self.start(*arguments)
        try:
            output, notices = await asyncio.to_thread(process.communicate, timeout=_WITHIN)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(timeout=10)
        return Outcome(code=process.returncode, output=output, notices=notices)

    def start(self, *arguments: str | Path) -> psutil.Popen:
        """In the background; it does not outlive us."""
        return psutil.Popen(
            [str(_PROGRAM), *map(str, arguments)],
            env=self._environment,
            cwd=self._at,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=death_signal(signal.SIGTERM),
        )

    async def new_listing(self, kind: str = "PROPERTY") -> str:
        made = await self.run("listing", "--kind", kind)
        assert made.code == 0, made.notices
        return made.output.strip()

    def _call(self, arguments: list[str]) -> Outcome:
        output, notices, code = io.StringIO(), io.StringIO(), 0
        with (
            redirect_stdout(output),
            redirect_stderr(notices),
            chdir(self._at),
            patch.dict(os.environ, self._environment, clear=True),
            patch.object(sys, "argv", ["vitrine", *arguments]),
        ):
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
        return Outcome(code=code, output=output.getvalue(), notices=notices.getvalue())


def uuids(text: str) -> list[str]:
    return re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)
