"""A copy of the built-in fixtures, to break."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from entrypoints.seeding.fixture_set import BUILT_IN

Json = dict[str, Any]


class FixtureFolder:
    def __init__(self, path: Path) -> None:
        self.path = Path(shutil.copytree(BUILT_IN, path))
        self.files = self.path / "files"

    def entries(self, name: str) -> list[Json]:
        found: list[Json] = json.loads(self.text(name))
        return found

    def entry(self, name: str, key: str) -> Json:
        return next(entry for entry in self.entries(name) if entry["key"] == key)

    def text(self, name: str) -> str:
        return self._file(name).read_text(encoding="utf-8")

    def write(self, name: str, content: object) -> None:
        """Text as it is, anything else as JSON."""
        text = content if isinstance(content, str) else json.dumps(content)
        self._file(name).write_text(text, encoding="utf-8")

    def change(self, name: str, key: str, change: Callable[[Json], object]) -> None:
        entries = self.entries(name)
        change(next(entry for entry in entries if entry["key"] == key))
        self.write(name, entries)

    def add(self, name: str, /, **entry: object) -> None:
        self.write(name, [*self.entries(name), entry])

    def _file(self, name: str) -> Path:
        return self.path / f"{name}.json"
