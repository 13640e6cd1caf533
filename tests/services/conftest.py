import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services import docker_engine, java, own_kafka

Program = Callable[[str, str], None]
_CACHED = (docker_engine.no_engine, docker_engine.no_image, java.find_java, own_kafka.not_fetched)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A machine with nothing on it but the programs that the test writes: a name, and a script for sh."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("VITRINE_TEST_")] + ["JAVA_HOME"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(folder))

    def write(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        (folder / name).chmod(0o755)
        _forget()

    _forget()
    yield write
    _forget()


def _forget() -> None:
    for cached in _CACHED:
        cached.cache_clear()
