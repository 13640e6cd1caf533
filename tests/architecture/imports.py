"""What each module of the source imports, read from the files: nothing is executed."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = ("domain", "application", "adapters", "entrypoints")


@dataclass(frozen=True, slots=True)
class Import:
    """`module` is dotted, `imported` too; lazy imports within functions count."""

    module: str
    imported: str

    @property
    def package(self) -> str:
        """The top-level package of what is imported."""
        return self.imported.partition(".")[0]

    @property
    def is_standard_library(self) -> bool:
        return self.package in sys.stdlib_module_names


def modules_of(layer: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / layer).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def imports_of(layer: str) -> list[Import]:
    return [Import(name, imported) for name, tree in modules_of(layer) for imported in _imported(tree)]


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            assert node.module is not None
            yield node.module
