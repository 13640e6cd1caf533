"""What an operation may answer, for the OpenAPI document."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body

from domain.errors import Violation
from entrypoints.http.problems import MEDIA_TYPE, Problem, problem

_OF_A_BODY = {
    HTTPStatus.BAD_REQUEST: ["MALFORMED_JSON"],
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ["REQUEST_ENTITY_TOO_LARGE"],
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ["UNSUPPORTED_MEDIA_TYPE"],
    HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"],
}
_ALWAYS = {HTTPStatus.SERVICE_UNAVAILABLE: ["UNAVAILABLE"]}


@dataclass(frozen=True, slots=True)
class Success:
    """`example` is None for an answer without a body."""

    description: str
    example: msgspec.Struct | None = None


Answers = Mapping[int, ResponseSpec]
Codes = Mapping[HTTPStatus, Collection[str]]


def answers(success: Mapping[HTTPStatus, Success], refused: Codes, *, takes_body: bool = True) -> dict[int, ResponseSpec]:
    """`refused` names the stable codes of each status, beside those that every operation has."""
    codes = {**(_OF_A_BODY if takes_body else {}), **refused, **_ALWAYS}
    problems = {status: _problems(status, names) for status, names in sorted(codes.items())}
    return {status: _success(answer) for status, answer in success.items()} | problems


def shown(example: msgspec.Struct) -> Any:
    """Marks the body of a handler with its example."""
    return Body(examples=[Example(id="example", value=msgspec.to_builtins(example))])


def _success(answer: Success) -> ResponseSpec:
    if answer.example is None:
        return ResponseSpec(data_container=None, description=answer.description)
    return ResponseSpec(
        data_container=type(answer.example),
        description=answer.description,
        generate_examples=False,
        examples=[Example(id="example", value=msgspec.to_builtins(answer.example))],
    )


def _problems(status: HTTPStatus, codes: Collection[str]) -> ResponseSpec:
    return ResponseSpec(
        data_container=Problem,
        description=f"{status.phrase}: {', '.join(codes)}",
        media_type=MEDIA_TYPE,
        generate_examples=False,
        examples=[Example(id=code, value=msgspec.to_builtins(_example(status, code))) for code in codes],
    )


def _example(status: HTTPStatus, code: str) -> Problem:
    violations = _VIOLATIONS.get(code, [])
    return problem(status, code, f"{status.phrase}: what was wrong, for people", violations)


_VIOLATIONS = {
    "VALIDATION_FAILED": [
        Violation("/files/0/sequence", "RANGE", "1 or more"),
        Violation("/files/3/checksum", "MISSING_FIELD", "this is required"),
    ],
    "UPLOADS_INCOMPLETE": [Violation("/files", "NOT_UPLOADED", "file 'kitchen': it has not been uploaded")],
    "UPLOAD_MISMATCH": [
        Violation("/files/1", "SIZE_MISMATCH", "file 'kitchen': announced 1048576 bytes, 1048000 arrived")
    ],
}
