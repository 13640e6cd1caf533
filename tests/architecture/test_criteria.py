"""The table of criteria names tests that exist. Files are parsed, nothing is collected."""

import ast
import re
from functools import cache

import pytest

from tests.architecture.imports import ROOT

CRITERIA = (ROOT / "docs" / "criteria.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?!criterion |statement )(.+) \| (.*) \|$", CRITERIA, re.MULTILINE)
NAMED = sorted(set(re.findall(r"`(tests/[^`]+::[^`]+)`", CRITERIA)))


@cache
def names_in(path: str) -> set[str]:
    """`test_this`, `TestThat`, `TestThat::test_those`."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=path)
    found: set[str] = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("test"):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) if name.startswith("Test"):
                found.add(name)
            case ast.ClassDef(name=name) if name.startswith("Test"):
                found.add(name)
                found |= {
                    f"{name}::{method.name}"
                    for method in node.body
                    if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.name.startswith("test")
                }
    return found


@pytest.mark.parametrize("node_id", NAMED)
def test_the_proof_exists(node_id: str) -> None:
    path, _, name = node_id.partition("::")
    assert (ROOT / path).is_file()
    assert name in names_in(path)


def test_criteria_were_read() -> None:
    assert len(ROWS) > 60
    assert len(NAMED) > 20


def test_every_criterion_has_its_proof() -> None:
    for criterion, proofs in ROWS:
        assert all(re.fullmatch(r"`tests/[\w/]+\.py::\w+(::\w+)?`", proof) for proof in proofs.split("<br>")), criterion
