from collections.abc import Callable
from pathlib import Path

import pytest

from tests.application.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


@pytest.fixture
def make_world(tmp_path: Path) -> Callable[..., World]:
    """A World that differs from the usual one; the keywords are those of World."""
    return lambda **options: World(tmp_path / "work", **options)
