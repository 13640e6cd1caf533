"""What each service is on which machine."""

import os
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tests.services import docker_engine
from tests.services.conftest import Program
from tests.services.kafka import KAFKA
from tests.services.ladder import Ladder
from tests.services.ladders import header
from tests.services.object_store import OBJECT_STORE
from tests.services.postgres import POSTGRES

JAVA_17 = """echo 'openjdk version "17.0.15" 2025-04-15' >&2"""
JAVA_8 = """echo 'java version "1.8.0_292"' >&2"""

services = pytest.mark.parametrize(
    ("ladder", "variable", "in_docker"),
    [
        (POSTGRES, "VITRINE_TEST_POSTGRES_DSN", "PostgreSQL 18 in Docker"),
        (OBJECT_STORE, "VITRINE_TEST_S3_URL", "S3 SeaweedFS in Docker"),
        (KAFKA, "VITRINE_TEST_KAFKA_SERVERS", "Kafka 4.1.1 in Docker"),
    ],
    ids=["postgres", "s3", "kafka"],
)


@services
def test_a_given_address_comes_before_docker(
    ladder: Ladder[Any], variable: str, in_docker: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("docker", "echo 28.0.0")
    assert ladder.about() == in_docker
    monkeypatch.setenv(variable, "somewhere")
    assert ladder.about().endswith(f" of {variable}")


def test_without_docker_all_is_native(program: Program) -> None:
    program("docker", "echo Cannot connect >&2; exit 1")
    program("java", JAVA_17)
    program("mvn", "exit 1")
    assert header() == "services: PostgreSQL 18 embedded · S3 SeaweedFS embedded · Kafka 4.1.1 native (java 17)"


def test_a_docker_engine_that_hangs_is_given_up(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker_engine, "_ANSWER_SECONDS", 0.2)
    program("docker", "exec sleep 30")
    before = monotonic()
    assert docker_engine.no_engine() == "the Docker engine does not answer"
    assert monotonic() - before < 5


@pytest.mark.parametrize(
    ("programs", "mending"),
    [
        ({}, "no Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless)"),
        ({"java": JAVA_8, "mvn": "exit 1"}, "no Java 17 or newer"),
        ({"java": "echo Unable to locate a Java Runtime >&2; exit 1", "mvn": "exit 1"}, "no Java 17 or newer"),
        ({"java": JAVA_17}, "no Maven to fetch Kafka with (Debian: apt-get install maven)"),
    ],
    ids=["nothing", "java 8", "stub", "no maven"],
)
def test_what_kafka_lacks_is_told(programs: dict[str, str], mending: str, program: Program) -> None:
    for name, script in programs.items():
        program(name, script)
    reasons = KAFKA.about()
    assert reasons.startswith("no Kafka: VITRINE_TEST_KAFKA_SERVERS is not set; there is no Docker; there is no ")
    assert mending in reasons


def test_jars_that_are_here_need_no_maven(program: Program) -> None:
    program("java", JAVA_17)
    Path(os.environ["XDG_CACHE_HOME"], "vitrine", "kafka-4.1.1").mkdir(parents=True)
    assert KAFKA.about() == "Kafka 4.1.1 native (java 17)"


@pytest.mark.usefixtures("program")
def test_a_run_says_what_it_uses_and_names_what_it_leaves_out() -> None:
    test = "tests/services/test_kafka.py::test_a_topic_of_the_tests_own"
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "PYTEST_ADDOPTS"}}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", test],
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
        timeout=100,
        check=False,
    )
    reason = "no Kafka: VITRINE_TEST_KAFKA_SERVERS is not set; there is no Docker; there is no Java 17 or newer"
    assert f"services: PostgreSQL 18 embedded · S3 SeaweedFS embedded · {reason}" in run.stdout
    assert f"SKIPPED {test} - Skipped: {reason}" in run.stdout
    assert run.returncode == 0
