import os
import secrets
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.accounts import Account
from adapters.embedded.private_files import read_or_create
from adapters.embedded.server_process import ServerCommand, ServerProcess

DATABASE = "vitrine"
ROLE = "vitrine"
# Fast shutdown, then immediate (the next start recovers from the log), then the hard way.
STOP_STEPS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 2.0))

_TOOL_SECONDS = 60.0
_STATUS_LINE = 7
# Collations built into PostgreSQL: the same order on every operating system.
_LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresCluster:
    """The files of one PostgreSQL server, below a data folder that we hold.

    The folder belongs to us; `cluster` and `password` in it belong to `account`, who runs the server.
    """

    folder: Path
    binaries: Path
    account: Account | None

    @property
    def path(self) -> Path:
        return self.folder / "cluster"

    def password(self) -> str:
        """Of the role that owns everything; generated on first use."""
        return read_or_create(self.folder / "password", secrets.token_urlsafe(24), owner=self.account)

    async def create(self, *, durable: bool) -> None:
        """Make the cluster and its database. A start that is killed half-way leaves no half of a cluster."""
        self.password()
        draft = self.folder / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.account is not None:
            os.chown(draft, self.account.uid, self.account.gid)
        await ServerProcess.run(self._initdb(draft, durable=durable), within=_TOOL_SECONDS)
        await ServerProcess.run(self._create_database(draft, durable=durable), within=_TOOL_SECONDS)
        draft.rename(self.path)

    def command(self, tool: str, *arguments: str, stdin: bytes = b"") -> ServerCommand:
        return ServerCommand(
            name=f"PostgreSQL ({tool})",
            argv=(str(self.binaries / tool), *arguments),
            folder=self.folder,
            environment=_ENVIRONMENT,
            log=self.folder / "postgres.log",
            death_signal=signal.SIGINT,
            stop_steps=STOP_STEPS,
            account=self.account,
            stdin=stdin,
        )

    def is_ready(self, pid: int) -> bool:
        """Whether the postmaster `pid` accepts connections; it says so in its pid file, as pg_ctl reads it."""
        lines = self._pid_lines()
        return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"

    @property
    def pid_file(self) -> Path:
        return self.path / "postmaster.pid"

    def disown_pid_file(self) -> None:
        """Make a pid file that a crash left harmless.

        PostgreSQL refuses to start while any process has the number in it, be it a stranger's or a zombie's.
        It ignores the number of its own parent, which we are; the rest of the file stays, by which it
        makes sure that no orphan of the old server still has the shared memory.
        """
        if lines := self._pid_lines():
            descriptor = os.open(self.pid_file, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC)
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123  # never through a link
                file.write("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    def _initdb(self, draft: Path, *, durable: bool) -> ServerCommand:
        credentials = (f"--username={ROLE}", "--auth=scram-sha-256", f"--pwfile={self.folder / 'password'}")
        sync = () if durable else ("--no-sync",)
        return self.command("initdb", f"--pgdata={draft}", *credentials, *_LOCALE, *sync)

    def _create_database(self, draft: Path, *, durable: bool) -> ServerCommand:
        sync = () if durable else ("-F",)
        single = ("--single", "-D", str(draft), "-c", "exit_on_error=on", *sync, "postgres")
        return self.command("postgres", *single, stdin=f"CREATE DATABASE {DATABASE}\n".encode())

    def _pid_lines(self) -> list[str]:
        try:
            return self.pid_file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
