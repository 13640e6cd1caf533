"""A use case is a class with one public verb, and its file is named for it."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.imports import modules_of

VERBS = [
    (module, node)
    for module, tree in modules_of("application")
    for node in tree.body
    if isinstance(node, ast.ClassDef)
    and any(isinstance(method, ast.AsyncFunctionDef) and method.name == "__call__" for method in node.body)
]


def public_methods(node: ast.ClassDef) -> Iterator[str]:
    for method in node.body:
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and not method.name.startswith("_"):
            yield method.name


@pytest.mark.parametrize(("module", "node"), VERBS, ids=[node.name for _, node in VERBS])
def test_a_use_case_has_one_public_verb(module: str, node: ast.ClassDef) -> None:
    assert list(public_methods(node)) == []


def test_use_cases_were_found() -> None:
    names = {node.name for _, node in VERBS}
    assert {"CreateUploadBatch", "CompleteUploadBatch", "QueryDownloads", "RelayOutbox", "WorkOnTask"} <= names
