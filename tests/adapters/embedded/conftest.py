import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.embedded.weed_ports import remove_sockets


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A fresh folder that every user can enter: pytest's own are closed, and root runs PostgreSQL as another."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-embedded-"))
    folder.chmod(0o755)
    yield folder
    for record in folder.rglob("ports.json"):
        remove_sockets(json.loads(record.read_text()))
    shutil.rmtree(folder)
