"""Kafka's jars are fetched once and whole, whoever else fetches them and whoever is killed meanwhile."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.services import own_kafka
from tests.services.conftest import Program
from tests.services.kafka_jars import JarsNotFetched, fetch

# Finds its target as Maven does, among the arguments, and leaves a line for every run.
_TARGET = """
echo run >> "$(dirname "$0")/runs"
for argument; do case $argument in -DoutputDirectory=*) target=${argument#*=};; esac; done
mkdir -p "$target"; echo a > "$target/a.jar"
"""
GOOD = f'{_TARGET} sleep 0.2; echo b > "$target/b.jar"'
SLOW = f"{_TARGET} sleep 30"
BAD = f"{_TARGET} echo no such artifact; exit 1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vitrine" / "kafka"


def runs(tmp_path: Path) -> int:
    return len((tmp_path / "bin" / "runs").read_text().splitlines())


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_two_that_want_them_at_once_fetch_them_once(program: Program, folder: Path, tmp_path: Path) -> None:
    program("mvn", GOOD)
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(fetch, [folder, folder]))
    assert files(folder) == ["a.jar", "b.jar"]
    fetch(folder)
    assert runs(tmp_path) == 1


def test_a_failure_is_told_and_leaves_nothing(program: Program, folder: Path) -> None:
    program("mvn", BAD)
    with pytest.raises(JarsNotFetched, match=r"(?s)make services.*no such artifact"):
        fetch(folder)
    assert files(folder.parent) == ["kafka.lock"]


def test_a_fetch_is_bounded(program: Program, folder: Path) -> None:
    program("mvn", SLOW)
    before = monotonic()
    with pytest.raises(JarsNotFetched, match=r"within 0\.3 s"):
        fetch(folder, within=0.3)
    assert monotonic() - before < 10
    assert files(folder.parent) == ["kafka.lock"]


def test_what_a_killed_fetch_left_is_never_taken_for_the_whole(program: Program, folder: Path, tmp_path: Path) -> None:
    program("mvn", SLOW)
    script = (
        "import sys; from pathlib import Path; from tests.services.kafka_jars import fetch; fetch(Path(sys.argv[1]))"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    killed = subprocess.Popen([sys.executable, "-c", script, str(folder)], env=environment)
    draft = folder.with_name("kafka.new")
    while not files(draft):
        assert killed.poll() is None
        sleep(0.02)
    killed.kill()
    killed.wait(10)
    assert not folder.exists()

    (draft / "stale.jar").touch()
    program("mvn", GOOD)
    fetch(folder)
    assert files(folder) == ["a.jar", "b.jar"]
    assert not draft.exists()


def test_a_test_run_tries_once(program: Program, tmp_path: Path) -> None:
    program("mvn", BAD)
    assert own_kafka.not_fetched() == own_kafka.not_fetched()
    assert runs(tmp_path) == 1
