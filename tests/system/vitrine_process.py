"""`vitrine run` as operators run it: a process of its own, with its servers and decoders below it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from adapters.embedded.death_signal import death_signal
from adapters.s3.address import BucketAddress
from tests.lasting_ports import lasting_port
from tests.system.family import Family
from tests.system.own_answer import answers_ok
from tests.system.plain_http import plain_http
from tests.system.waiting import eventually

JWT_SECRET = "a secret of 32 bytes, for tests only"
_PROGRAM = Path(sys.executable).with_name("vitrine")
_START = 120.0
_STOP = 60.0


class VitrineProcess:
    """`settings` are environment variables without their prefix, such as `lease="2"`.

    The address stays the same over restarts, and so does the data, which lies in `data`.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data = folder / "data"
        self.port = lasting_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "vitrine.log"
        self._environment = _environment(
            data_dir=str(self.data), port=str(self.port), jwt_secret=JWT_SECRET, log_format="json", **settings
        )
        self._process: psutil.Popen | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return int(self._process.pid)

    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def scratch(self) -> list[str]:
        """The folders of workers: one a process, named by its id."""
        return sorted(folder.name for folder in (self.data / "work").iterdir())

    async def start(self) -> None:
        """Returns once it is ready."""
        with self.log.open("ab") as log:
            self._process = psutil.Popen(
                [str(_PROGRAM), "run"],
                env=self._environment,
                cwd=self.log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=death_signal(signal.SIGTERM),
            )
        async with plain_http(timeout=5) as http:
            try:
                await eventually(lambda: self._is_ready(http), within=_START, expecting="vitrine is ready")
            except AssertionError as error:
                error.add_note(self.log_tail())
                raise

    async def _is_ready(self, http: httpx.AsyncClient) -> bool:
        assert self._process is not None
        assert self.runs(), f"vitrine has ended with code {self._process.returncode}"
        return await answers_ok(self._process, http, self.port, "/readyz")

    async def stop(self) -> int:
        """SIGTERM; the exit code. May be repeated."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """SIGKILL, as by a machine without memory: nobody gets to say goodbye."""
        await self._end(signal.SIGKILL)

    async def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            return int(await asyncio.to_thread(self._process.wait, _STOP))
        except psutil.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"vitrine goes on {_STOP:g} s after {number.name}:\n{self.log_tail()}") from None

    @property
    def family(self) -> Family:
        return Family(self.pid)

    def dsn(self) -> str:
        """Its embedded database, for a look behind the API."""
        folder = self.data / "postgres"
        password = (folder / "password").read_text().strip()
        try:
            port = (folder / "cluster" / "postmaster.pid").read_text().splitlines()[3]
        except (FileNotFoundError, IndexError) as error:
            error.add_note(f"{'running' if self.runs() else 'ended'}:\n{self.log_tail()}")
            raise
        return f"postgresql://vitrine:{password}@127.0.0.1:{port}/vitrine"

    def bucket(self) -> BucketAddress:
        """Its embedded bucket, with all rights."""
        folder = self.data / "objects"
        credentials = json.loads((folder / "credentials.json").read_text())
        port = json.loads((folder / "ports.json").read_text())[0]
        return BucketAddress(
            endpoint_url=f"http://127.0.0.1:{port}", bucket="vitrine", region="us-east-1", **credentials
        )

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


def _environment(**settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    ours = {f"VITRINE_{name.upper()}": value for name, value in settings.items()}
    return inherited | ours


@asynccontextmanager
async def running_vitrine(**settings: str) -> AsyncIterator[VitrineProcess]:
    """One on a folder of its own, ready; stopped at the end, and its data removed. It has one decoder, which takes a
    third of a second of CPU to start, if nothing else is said.
    """
    # Not in pytest's own folder, which lets nobody else in: root runs PostgreSQL as another user.
    with TemporaryDirectory(prefix="vitrine-system-") as name:
        os.chmod(name, 0o711)  # noqa: PTH101 - ruff holds pathlib for blocking, and this for not
        vitrine = VitrineProcess(Path(name), **{"decoders": "1"} | settings)
        try:
            await vitrine.start()
            yield vitrine
        finally:
            await vitrine.stop()
