"""The handbook must not promise what is not there: it is read when there is no time to find out."""

import re
import shlex
from collections.abc import Sequence

import asyncpg
import pytest

from entrypoints.settings import describe
from tests.deploy import commands, composition
from tests.deploy.queries import OPERATIONS, ROOT, alerts

TEXT = OPERATIONS.read_text(encoding="utf-8")
SOMETHING = "00000000-0000-7000-8000-000000000000"
SUBSTITUTION = re.compile(r"\$\([^()]*\)")
COMMAND = re.compile(r"(?<![\w./:-])(?<!-U )vitrine ([a-z][^`|;&()<>#\n]*)")


def blocks(language: str) -> Sequence[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", TEXT, re.MULTILINE | re.DOTALL)


def shell() -> str:
    """All that is to be typed, in blocks or in the text."""
    return "\n".join([*blocks("sh"), *re.findall(r"`([^`\n]+)`", TEXT)])


def command_lines() -> Sequence[str]:
    typed = shell()
    inner = [text for found in SUBSTITUTION.findall(typed) for text in COMMAND.findall(found)]
    outer = COMMAND.findall(SUBSTITUTION.sub("TOKEN", typed))
    return sorted({line.strip() for line in [*outer, *inner]})


def test_every_alert_has_a_section_and_every_section_an_alert() -> None:
    sections = re.findall(r"^### (Vitrine\w+)$", TEXT, re.MULTILINE)
    assert sorted(sections) == sorted(rule["alert"] for rule in alerts())
    for rule in alerts():
        assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{rule['alert'].lower()}"


def test_every_alert_says_how_bad_and_what() -> None:
    for rule in alerts():
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}


def test_every_alert_is_tested_for_firing() -> None:
    tests = (ROOT / "deploy/prometheus/alerts_test.yml").read_text(encoding="utf-8")
    for rule in alerts():
        assert re.search(rf"- alertname: {rule['alert']}\n\s+eval_time: \S+\n\s+exp_alerts:\n", tests), rule["alert"]


@pytest.mark.parametrize("line", command_lines())
def test_every_command_would_be_accepted(line: str) -> None:
    commands.check(shlex.split(re.sub(r"\$(ID|STORE)\b", SOMETHING, line)))


def test_the_commands_of_an_operator_are_among_them() -> None:
    named = {line.split()[0] for line in command_lines()}
    assert named >= {"api", "relay", "worker", "consume", "migrate", "topics", "dlq", "token"}


def test_every_setting_exists() -> None:
    known = {name for name, _, _ in describe()} | composition.example().keys()
    named = set(re.findall(r"\b(VITRINE_[A-Z0-9_]+|[A-Z]+(?:_[A-Z]+)*_REPLICAS|IMAGE_TAG)\b", TEXT))
    assert named
    assert named <= known, named - known


def test_every_service_of_the_composition_exists() -> None:
    typed = re.findall(
        r"docker compose(?: -\S+ [\w/.]+)? (up|run|exec|stop|start|restart|logs|ps)\b([^\n`|<>;#]*)", shell()
    )
    assert {subcommand for subcommand, _ in typed} >= {"up", "run", "exec", "stop", "start", "restart", "logs", "ps"}
    for subcommand, line in typed:
        words = [word for word in line.split() if not word.startswith("-") and not word[0].isdigit()]
        for word in words[:1] if subcommand == "exec" else words:
            assert word in composition.services(), f"docker compose {subcommand} {line}"


def test_every_event_of_the_log_is_logged() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("application", "adapters", "entrypoints")
        for path in (ROOT / folder).rglob("*.py")
    )
    named = re.findall(r"\b(?:task|relay|worker|kafka|object|process|consumer)\.[a-z_]+\b", TEXT)
    assert named
    for event in named:
        assert f'"{event}"' in sources, event


def test_every_page_that_it_links_to_exists() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", TEXT):
        assert (OPERATIONS.parent / target).exists(), target


@pytest.mark.parametrize(
    "block", [*blocks("sql"), *re.findall(r"<<'SQL'\n(.*?)^ *SQL$", TEXT, re.MULTILINE | re.DOTALL)]
)
async def test_statements_run(block: str, postgres_dsn: str) -> None:
    connection = await asyncpg.connect(postgres_dsn)
    try:
        await connection.execute(block)
    finally:
        await connection.close()
