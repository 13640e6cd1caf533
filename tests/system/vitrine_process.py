"""`vitrine run` as operators run it: a process of its own, with its servers and decoders below it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from adapters.embedded.death_signal import death_signal
from adapters.embedded.ports import free_ports
from adapters.s3.address import BucketAddress
from tests.system.waiting import eventually

JWT_SECRET = "a secret of 32 bytes, for tests only"
_PROGRAM = Path(sys.executable).with_name("vitrine")
_START = 60.0
_STOP = 30.0


class VitrineProcess:
    """`settings` are environment variables without their prefix, such as `lease="2"`.

    The address stays the same over restarts, and so does the data, which lies in `data`. `bytecode` is for compiled
    modules: without them each start takes seconds longer.
    """

    def __init__(self, folder: Path, bytecode: Path, **settings: str) -> None:
        self.data = folder / "data"
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "vitrine.log"
        self._environment = _environment(
            bytecode, data_dir=str(self.data), port=str(self.port), jwt_secret=JWT_SECRET, log_format="json", **settings
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
        async with httpx.AsyncClient(timeout=5) as http:

            async def ready() -> bool:
                assert self._process is not None
                if self._process.poll() is not None:
                    raise AssertionError(f"vitrine ended with {self._process.returncode}:\n{self.log_tail()}")
                with suppress(httpx.TransportError):
                    return (await http.get(f"{self.url}/readyz")).status_code == httpx.codes.OK
                return False

            await eventually(ready, within=_START, expecting=f"vitrine is ready\n{self.log_tail()}")

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
        return int(await asyncio.to_thread(self._process.wait, _STOP))

    def family(self) -> list[psutil.Process]:
        """It and everything below it."""
        process = psutil.Process(self.pid)
        return [process, *process.children(recursive=True)]

    def decoders(self) -> list[psutil.Process]:
        return self._below("adapters.sandbox.child")

    def ffmpegs(self) -> list[psutil.Process]:
        """Those at work, without what confines them."""
        return [process for process in self._below("-filter_complex") if "ffmpeg" in _name(process)]

    async def transcoding(self) -> list[psutil.Process]:
        """As `ffmpegs`, once there is one."""

        async def at_work() -> list[psutil.Process] | None:
            return self.ffmpegs() or None

        return await eventually(at_work, within=20, expecting="ffmpeg works on the video", every=0.01)

    async def idle(self) -> None:
        """Returns once no ffmpeg is at work."""

        async def done() -> bool:
            return not self.ffmpegs()

        await eventually(done, within=20, expecting="ffmpeg has ended")

    def object_store(self) -> psutil.Process:
        return self._below("mini")[0]

    def postgres(self) -> psutil.Process:
        return next(process for process in self._below(str(self.data / "postgres" / "cluster")))

    def dsn(self) -> str:
        """Its embedded database, for a look behind the API."""
        folder = self.data / "postgres"
        password = (folder / "password").read_text().strip()
        port = (folder / "cluster" / "postmaster.pid").read_text().splitlines()[3]
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

    def _below(self, argument: str) -> list[psutil.Process]:
        return [process for process in self.family()[1:] if argument in _arguments(process)]


def _environment(bytecode: Path, **settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    ours = {f"VITRINE_{name.upper()}": value for name, value in settings.items()}
    return inherited | ours | {"PYTHONPYCACHEPREFIX": str(bytecode)}


def _arguments(process: psutil.Process) -> Sequence[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


def _name(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return str(process.name())
    return ""


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


@asynccontextmanager
async def running_vitrine(bytecode: Path, **settings: str) -> AsyncIterator[VitrineProcess]:
    """One on a folder of its own, ready; stopped at the end, and its data removed."""
    # Not in pytest's own folder, which lets nobody else in: root runs PostgreSQL as another user.
    with TemporaryDirectory(prefix="vitrine-system-") as name:
        os.chmod(name, 0o711)  # noqa: PTH101 - ruff holds pathlib for blocking, and this for not
        vitrine = VitrineProcess(Path(name), bytecode, **settings)
        await vitrine.start()
        try:
            yield vitrine
        finally:
            await vitrine.stop()
