import json
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.embedded import EmbeddedPostgres
from adapters.embedded.weed_ports import remove_sockets
from tests.adapters.embedded.holder import Copy


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A fresh folder that every user can enter: pytest's own are closed, and root runs PostgreSQL as another."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-embedded-"))
    folder.chmod(0o755)
    yield folder
    for record in folder.rglob("ports.json"):
        remove_sockets(json.loads(record.read_text()))
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def made_postgres() -> AsyncIterator[Path]:
    """A data folder that PostgreSQL has been started on once."""
    with tempfile.TemporaryDirectory(prefix="vitrine-embedded-") as folder:
        Path(folder).chmod(0o755)  # noqa: ASYNC240 (once)
        made = Path(folder) / "made"
        async with EmbeddedPostgres(made, durable=False):
            pass
        yield made


@pytest.fixture
def copy_postgres(made_postgres: Path) -> Copy:
    """Makes a data folder that differs from one after its first start by its path alone: initdb costs a second."""

    def copy(folder: Path) -> None:
        subprocess.run(["cp", "-Rp", f"{made_postgres}/.", folder], check=True, timeout=20)

    return copy
