"""What the command line says without any server."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
from typer.testing import CliRunner

from entrypoints.cli.command_line import command_line
from entrypoints.cli.identity import DEMO_STORE, DEMO_USER
from entrypoints.settings import describe
from entrypoints.worker_kind import WorkerKind
from tests.entrypoints.cli.program import Program

COMMANDS = (
    *("run", "demo", "seed", "token", "listing", "upload", "status", "download", "settings", "asyncapi"),
    *("migrate", "topics", "api", "relay", "worker", "consume", "audit"),
)
SECRET = "a secret of 32 bytes, for tests only"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(command: str) -> None:
    shown = CliRunner().invoke(command_line(), [command, "--help"], terminal_width=100)
    assert shown.exit_code == 0
    assert "For example:" in shown.output
    assert f"vitrine {command}" in shown.output


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(command_line(), ["--help"]).output
    assert all(f" {command} " in shown for command in COMMANDS)


def test_a_command_does_without_what_others_import() -> None:
    code = (
        "import sys; from entrypoints.cli.command_line import command_line; command_line(['run']); print(*sys.modules)"
    )
    imported = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "entrypoints.cli.run" in imported
    assert {"entrypoints.cli.upload", "aiohttp", "av", "sqlalchemy", "litestar"}.isdisjoint(imported)


def test_the_worker_names_every_kind_of_work() -> None:
    shown = CliRunner().invoke(command_line(), ["worker", "--help"], terminal_width=100).output
    assert all(kind in shown for kind in WorkerKind)
    assert "vitrine worker --kinds deletion" in shown


async def test_a_worker_of_no_kind_is_told_which_there_are(tmp_path: Path) -> None:
    outcome = await Program(tmp_path, data_dir=str(tmp_path)).run("worker", "--kinds", "deletion,paint")
    assert outcome.code != 0
    assert "paint is no kind of work" in outcome.notices
    assert "deletion" in outcome.notices.partition("one or more of")[2]


async def test_an_audit_of_nothing_is_refused(tmp_path: Path) -> None:
    """With neither servers of a deployment nor a Vitrine that runs."""
    outcome = await Program(tmp_path, data_dir=str(tmp_path), database_url="postgresql://nobody@127.0.0.1:1/none").run(
        "audit"
    )
    assert outcome.code == 1
    assert outcome.output == ""
    assert "Traceback" not in outcome.notices


@pytest.mark.parametrize("command", ["audit", "seed", "token"])
async def test_where_no_server_has_run_it_is_said_and_nothing_is_made(tmp_path: Path, command: str) -> None:
    data = tmp_path / "data"
    outcome = await Program(tmp_path, data_dir=str(data)).run(command)
    assert (outcome.code, outcome.output) == (1, "")
    assert f"No server has run on {data} yet: start `vitrine run` first" in outcome.notices
    assert await asyncio.to_thread(os.listdir, tmp_path) == []


async def test_token_prints_a_token_and_nothing_else(tmp_path: Path) -> None:
    program = Program(tmp_path, jwt_secret=SECRET, data_dir=str(tmp_path / "data"))
    default = await program.run("token")
    narrow = await program.run("token", "--role", "owner", "--hours", "1", "--store", str(DEMO_USER))
    claims = jwt.decode(default.output.strip(), SECRET, algorithms=["HS256"])
    assert (claims["sub"], claims["store_id"]) == (str(DEMO_USER), str(DEMO_STORE))
    assert claims["roles"] == ["admin", "owner", "photographer", "service"]
    assert default.notices == ""
    claims = jwt.decode(narrow.output.strip(), SECRET, algorithms=["HS256"])
    assert (claims["roles"], claims["store_id"]) == (["owner"], str(DEMO_USER))
    assert 3500 < claims["exp"] - datetime.now(UTC).timestamp() <= 3600


async def test_without_a_usable_secret_there_is_no_token(tmp_path: Path) -> None:
    weak = await Program(tmp_path, jwt_secret="short", data_dir=str(tmp_path)).run("token")
    elsewhere = await Program(tmp_path, jwks_url="https://issuer.example/keys", data_dir=str(tmp_path)).run("token")
    assert (weak.code, elsewhere.code) == (1, 1)
    assert "VITRINE_JWT_SECRET cannot be used" in weak.notices
    assert "take a token from your issuer" in elsewhere.notices


async def test_wrong_settings_are_told_all_at_once(tmp_path: Path) -> None:
    outcome = await Program(tmp_path, port="many", colour="blue").run("token")
    assert outcome.code == 1
    assert "VITRINE_PORT='many'" in outcome.notices
    assert "VITRINE_COLOUR does not exist" in outcome.notices
    assert "Traceback" not in outcome.notices


def test_settings_are_listed_with_default_and_meaning() -> None:
    table = CliRunner().invoke(command_line(), ["settings"]).output
    markdown = CliRunner().invoke(command_line(), ["settings", "--markdown"]).output
    assert all(name in table and f"| `{name}` |" in markdown for name, _, _ in describe())
    assert all(line.count("|") == 4 for line in markdown.strip().splitlines())
