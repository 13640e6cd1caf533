"""A deployment on this machine: real services, and every role in processes of its own, looked after as by compose."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from adapters.embedded.postgres import EmbeddedPostgres
from adapters.embedded.seaweedfs import EmbeddedObjectStore
from adapters.s3.address import BucketAddress
from tests.stack.gate import Gate, open_gate
from tests.stack.program import run_program
from tests.stack.role_process import RoleProcess
from tests.system.vitrine_process import JWT_SECRET

BUCKET = "vitrine"
WEBHOOK_SECRET = "whsec_" + "Y2hhb3MgaXMgYSBsYWRkZXI="

ROLES: Mapping[str, Sequence[str]] = {
    "api": ["api"],
    "relay": ["relay"],
    "relay-2": ["relay"],
    "worker": ["worker"],
    "worker-2": ["worker"],
    "consume": ["consume"],
}


class Stack:
    """PostgreSQL and the object store stand behind gates, whose addresses the processes are given."""

    def __init__(
        self,
        folder: Path,
        database: "Database",
        store: EmbeddedObjectStore,
        store_gate: Gate,
        environment: dict[str, str],
    ) -> None:
        self.folder = folder
        self.database = database
        self.store_gate = store_gate
        self.environment = environment
        self.roles: dict[str, RoleProcess] = {}
        self._store = store

    @property
    def url(self) -> str:
        return self.roles["api"].url

    def dsn(self) -> str:
        """Straight to the database, past the gate."""
        return self.database.dsn

    def bucket(self) -> BucketAddress:
        """Straight to the store, past the gate."""
        return BucketAddress(
            endpoint_url=self._store.endpoint_url,
            bucket=BUCKET,
            region=self._store.region,
            access_key=self._store.access_key,
            secret_key=self._store.secret_key,
        )

    def named(self, beginning: str) -> list[RoleProcess]:
        return [role for name, role in self.roles.items() if name.startswith(beginning)]

    async def run(self, *arguments: str) -> str:
        """A command of the command line, to its end; its output."""
        code, output = await run_program(*arguments, environment=self.environment, folder=self.folder)
        assert code == 0, f"vitrine {' '.join(arguments)}:\n{output}"
        return output

    async def start(self, roles: Mapping[str, Sequence[str]] = ROLES) -> None:
        """One after the other: together they would be slower on few cores."""
        await self.run("migrate")
        await self.run("topics")
        for name, arguments in roles.items():
            self.roles[name] = RoleProcess(name, arguments, self.folder, self._environment_of(name))
            self.roles[name].launch()
        await asyncio.gather(*[role.answers() for role in self.roles.values()])

    def _environment_of(self, name: str) -> dict[str, str]:
        work = self.folder / "work" / name
        work.mkdir(parents=True, exist_ok=True)
        return self.environment | {"VITRINE_WORK_DIR": str(work)}

    async def look_after(self) -> None:
        """Start again what has died, until cancelled."""
        while True:
            for role in self.roles.values():
                if not role.runs():
                    role.launch()
            await asyncio.sleep(0.3)

    async def stop(self) -> dict[str, int]:
        """SIGTERM to all; their exit codes."""
        names = list(self.roles)
        codes = await asyncio.gather(*[self.roles[name].end(signal.SIGTERM) for name in names])
        return dict(zip(names, codes, strict=True))

    def tails(self) -> str:
        return "\n".join(f"== {name}\n{role.log_tail()}" for name, role in self.roles.items())


class Database:
    """PostgreSQL that can be restarted: its data stays, and so does the address of the gate."""

    def __init__(self, folder: Path, gate: Gate) -> None:
        self.gate = gate
        self._folder = folder
        self._running: EmbeddedPostgres | None = None

    @property
    def dsn(self) -> str:
        assert self._running is not None
        return self._running.dsn

    @property
    def dsn_through_gate(self) -> str:
        port = urlsplit(self.dsn).port
        return self.dsn.replace(f":{port}/", f":{self.gate.port}/")

    async def start(self) -> None:
        self._running = await EmbeddedPostgres(self._folder).__aenter__()
        port = urlsplit(self.dsn).port
        assert port is not None
        self.gate.target = port

    async def stop(self) -> None:
        """Connections are ended, transactions rolled back."""
        running, self._running = self._running, None
        if running is not None:
            await running.__aexit__(None, None, None)


@asynccontextmanager
async def open_stack(kafka_servers: str, prefix: str, **settings: str) -> AsyncIterator[Stack]:
    """The services, and no process yet. `settings` are environment variables without their prefix."""
    async with AsyncExitStack() as opened:
        # Not in pytest's own folder, which lets nobody else in: root runs PostgreSQL as another user.
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="vitrine-stack-")))
        os.chmod(folder, 0o711)  # noqa: PTH101 - ruff holds pathlib for blocking, and this for not
        database = Database(folder / "postgres", await opened.enter_async_context(open_gate(0)))
        await database.start()
        opened.push_async_callback(database.stop)
        store = await opened.enter_async_context(EmbeddedObjectStore(folder / "objects", buckets=[BUCKET]))
        store_gate = await opened.enter_async_context(open_gate(urlsplit(store.endpoint_url).port or 0))
        ours = {
            "database_url": database.dsn_through_gate,
            "s3_endpoint_url": f"http://127.0.0.1:{store_gate.port}",
            "s3_bucket": BUCKET,
            "s3_region": store.region,
            "s3_access_key": store.access_key,
            "s3_secret_key": store.secret_key,
            "kafka_servers": kafka_servers,
            "kafka_prefix": prefix,
            "kafka_partitions": "6",
            "jwt_secret": JWT_SECRET,
            "link_secret": "a secret of tests that signs links",
            "webhook_secrets": WEBHOOK_SECRET,
            "log_format": "json",
            "decoders": "1",
            "lease": "3",
            "sweep_every": "1",
            **settings,
        }
        stack = Stack(folder, database, store, store_gate, _environment(ours))
        try:
            yield stack
        finally:
            await asyncio.gather(*[role.end(signal.SIGKILL) for role in stack.roles.values()])


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    ours = {f"VITRINE_{name.upper()}": value for name, value in settings.items()}
    return inherited | ours
