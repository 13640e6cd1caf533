import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A fresh folder that every user can enter: pytest's own are closed, and root runs PostgreSQL as another."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-embedded-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
