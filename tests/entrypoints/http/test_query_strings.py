"""Query strings are read as strictly as bodies, by every operation that takes one."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import IDS
from tests.entrypoints.http.api import MEDIA, PRINCIPALS, Api, shared_app
from tests.entrypoints.http.problems import refused, violations

Described = dict[str, dict[str, Any]]


def operations() -> Iterator[tuple[str, str, Described]]:
    """Method, path and described parameters of all that take a query string."""
    for path, item in shared_app().openapi_schema.to_schema()["paths"].items():
        for method, operation in item.items():
            parameters = [each for each in operation.get("parameters", []) if each["in"] == "query"]
            if parameters:
                yield method, path, {each["name"]: each for each in parameters}


OPERATIONS = list(operations())
of_each_operation = pytest.mark.parametrize(
    ("method", "path", "parameters"), OPERATIONS, ids=[f"{method} {path}" for method, path, _ in OPERATIONS]
)


async def ask(api: Api, method: str, path: str, query: list[tuple[str, str]]) -> Any:
    concrete = "/".join(str(IDS.new()) if step.startswith("{") else step for step in path.split("/"))
    headers = api.headers(PRINCIPALS["admin"])
    return await api.client.request(method, concrete, params=query, headers=headers)


def test_every_list_and_filter_is_there() -> None:
    assert len(OPERATIONS) == 14


@of_each_operation
async def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(
    api: Api, method: str, path: str, parameters: Described
) -> None:
    answer = await ask(api, method, path, [("unusd", "true")])

    required = {(f"/{name}", "MISSING_FIELD") for name, each in parameters.items() if each["required"]}
    assert violations(answer) == {("/unusd", "UNKNOWN_FIELD"), *required}
    (told,) = [error for error in answer.json()["errors"] if error["pointer"] == "/unusd"]
    assert told["detail"] == f"one of {', '.join(parameters)}"


@of_each_operation
async def test_a_parameter_that_is_there_twice_is_refused(
    api: Api, method: str, path: str, parameters: Described
) -> None:
    for name in parameters:
        answer = await ask(api, method, path, [(name, "1"), (name, "2")])

        assert (f"/{name}", "DUPLICATE_FIELD") in violations(answer), name


async def test_a_deletion_is_no_dry_run_and_a_real_one_at_once(api: Api) -> None:
    problem = refused(
        await ask(api, "delete", f"{MEDIA}/{{media_id}}", [("dryRun", "true"), ("dryRun", "false")]),
        422,
        "VALIDATION_FAILED",
    )

    assert problem["errors"] == [{"pointer": "/dryRun", "code": "DUPLICATE_FIELD", "detail": "this is there twice"}]


async def test_names_are_taken_as_they_are_written(api: Api) -> None:
    answer = await ask(api, "get", MEDIA, [("mediatype", "image"), ("a/b", "1"), ("a/b", "2"), ("limit", "0")])

    assert violations(answer) == {
        ("/mediatype", "UNKNOWN_FIELD"),
        ("/a~1b", "UNKNOWN_FIELD"),
        ("/a~1b", "DUPLICATE_FIELD"),
        ("/limit", "RANGE"),
    }


def test_what_a_parameter_may_be_is_described() -> None:
    (library,) = [parameters for method, path, parameters in OPERATIONS if (method, path) == ("get", MEDIA)]

    assert library["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}
    assert library["status"]["schema"] == {"type": "string", "enum": ["FAILED", "PENDING", "READY", "UPLOADED"]}
    assert library["uploader"]["schema"] == {"type": "string", "format": "uuid"}
    assert library["uploader"]["description"] == "The user who brought it."
    assert library["unused"]["schema"] == {"type": "boolean", "default": False}
