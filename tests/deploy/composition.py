"""deploy/compose.yaml as a person sees it who has filled in deploy/example.env."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import yaml

from tests.deploy.queries import DEPLOY

COMPOSE = DEPLOY / "compose.yaml"
EXAMPLE = DEPLOY / "example.env"
SECRET_ENDINGS = ("PASSWORD", "SECRET", "KEY")
_VARIABLE = re.compile(r"\$\{(\w+)(?::(-|\?)([^{}]*))?\}")
_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def example() -> Mapping[str, str]:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled_in() -> Mapping[str, str]:
    """What the command at the top of the file makes of it."""
    return {name: value or ("5ec4e7" * 8 if name.endswith(SECRET_ENDINGS) else "") for name, value in example().items()}


def variables() -> set[str]:
    return {found[0] for found in _VARIABLE.findall(_innermost_last(COMPOSE.read_text(encoding="utf-8")))}


def _innermost_last(text: str) -> str:
    """With ${A:-x${B}} written as ${A:-x}${B}, so that one pattern finds both."""
    nested = re.compile(r"(\$\{\w+:-[^{}$]*)(\$\{[^{}]*\})([^{}]*\})")
    while nested.search(text):
        text = nested.sub(r"\1\3\2", text)
    return text


@cache
def project() -> Mapping[str, Any]:
    """Merged and interpolated."""
    values = filled_in()

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        found = values.get(name, "")
        assert found or kind != "?", f"{name} is required"
        return found or (rest or "")

    def interpolated(node: Any) -> Any:
        match node:
            case str():
                while _VARIABLE.search(node):
                    node = _VARIABLE.sub(value, node)
                return node
            case dict():
                return {key: interpolated(child) for key, child in node.items()}
            case list():
                return [interpolated(child) for child in node]
            case _:
                return node

    loaded: Mapping[str, Any] = interpolated(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")))
    return loaded


def services() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = project()["services"]
    return found


def ours() -> Mapping[str, Mapping[str, Any]]:
    """The services that run Vitrine."""
    return {name: service for name, service in services().items() if service["image"].startswith("vitrine:")}


def processes() -> Mapping[str, Mapping[str, Any]]:
    """Those that stay."""
    return {name: service for name, service in ours().items() if service["restart"] == "unless-stopped"}


def needs(service: Mapping[str, Any]) -> Mapping[str, str]:
    """What must be there before it, and in which state."""
    given = service.get("depends_on", {})
    if isinstance(given, list):
        return dict.fromkeys(given, "service_started")
    return {name: needed["condition"] for name, needed in given.items()}


def mounts(service: Mapping[str, Any]) -> Sequence[str]:
    """What stands before the first colon; anonymous volumes have nothing there."""
    return [volume.split(":")[0] for volume in service.get("volumes", []) if ":" in volume]


def seconds(duration: str) -> int:
    return int(duration.removesuffix("s"))


def size(text: str) -> int:
    return int(text[:-1]) * _UNITS[text[-1]]
