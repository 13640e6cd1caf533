"""What an operation may answer, for the OpenAPI document."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

import msgspec
from litestar.enums import MediaType
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body

from domain.errors import Violation
from domain.ids import MediaId
from domain.media.obstacle import Obstacle
from entrypoints.http.documentation.examples.cast import MEDIA_ID, PHOTO_ID
from entrypoints.http.problems import MEDIA_TYPE, Problem, problem

_OF_A_BODY = {
    HTTPStatus.BAD_REQUEST: ["MALFORMED_JSON"],
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ["REQUEST_ENTITY_TOO_LARGE"],
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ["UNSUPPORTED_MEDIA_TYPE"],
    HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"],
}
_OF_A_TOKEN = {HTTPStatus.UNAUTHORIZED: ["TOKEN_REFUSED"]}
_ALWAYS = {HTTPStatus.BAD_REQUEST: ["BAD_REQUEST"], HTTPStatus.SERVICE_UNAVAILABLE: ["UNAVAILABLE"]}


@dataclass(frozen=True, slots=True)
class Success:
    """`example` is a body as it is or, where `media_type` is not JSON, its text; None for an answer without a body."""

    description: str
    example: msgspec.Struct | str | None = None
    media_type: str = MediaType.JSON


Codes = Mapping[HTTPStatus, Collection[str]]


def answers(
    success: Mapping[HTTPStatus, Success], refused: Codes, *, takes_body: bool = True, takes_token: bool = True
) -> dict[int, ResponseSpec]:
    """`refused` names the stable codes of each status, beside those that every operation has."""
    usual = {**_ALWAYS, **(_OF_A_BODY if takes_body else {}), **(_OF_A_TOKEN if takes_token else {})}
    codes = {**usual, **refused}
    successes = {int(status): _success(answer) for status, answer in success.items()}
    return successes | {int(status): _problems(status, codes[status]) for status in sorted(codes)}


def shown(example: msgspec.Struct) -> Any:
    """Marks the body of a handler with its example."""
    return Body(examples=[_shown(example)])


def _success(answer: Success) -> ResponseSpec:
    return ResponseSpec(
        data_container=None if answer.example is None else type(answer.example),
        description=answer.description,
        media_type=answer.media_type,
        generate_examples=False,
        examples=None if answer.example is None else [_shown(answer.example)],
    )


def _problems(status: HTTPStatus, codes: Collection[str]) -> ResponseSpec:
    return ResponseSpec(
        data_container=Problem,
        description=f"{status.phrase}: {', '.join(codes)}",
        media_type=MEDIA_TYPE,
        generate_examples=False,
        examples=[_shown(_example(status, code), code) for code in codes],
    )


@dataclass
class _WholeExample(Example):
    """Litestar leaves out what is null."""

    def __deepcopy__(self, _: object) -> Self:
        """Litestar copies routers with all they hold; thousands of examples cost a tenth of a second."""
        return self

    def to_schema(self) -> dict[str, Any]:
        return super().to_schema() | {"value": self.value}


def _shown(example: msgspec.Struct | str, summary: str | None = None) -> Example:
    return _WholeExample(summary=summary, value=msgspec.to_builtins(example))


def _example(status: HTTPStatus, code: str) -> Problem:
    violations = _VIOLATIONS.get(code, [])
    return problem(status, code, f"{status.phrase}: what was wrong, for people", violations)


_VIOLATIONS = {
    "VALIDATION_FAILED": [
        Violation("/files/0/sequence", "RANGE", "1 or more"),
        Violation("/files/3/checksum", "MISSING_FIELD", "this is required"),
    ],
    "MEDIA_NOT_ATTACHABLE": [
        Violation("/media/0/mediaId", Obstacle.PENDING, Obstacle.PENDING.of(MediaId(MEDIA_ID))),
        Violation("/media/2/mediaId", Obstacle.NOT_FOUND, Obstacle.NOT_FOUND.of(MediaId(PHOTO_ID))),
    ],
    "UPLOADS_INCOMPLETE": [Violation("/files", "NOT_UPLOADED", "file 'kitchen': it has not been uploaded")],
    "UPLOAD_MISMATCH": [
        Violation("/files/1", "SIZE_MISMATCH", "file 'kitchen': announced 1048576 bytes, 1048000 arrived")
    ],
    "MEDIA_MISMATCH": [Violation("/bytes", "SIZE_MISMATCH", "announced 1048576 bytes, 1048000 arrived")],
    "UNREADABLE_MEDIA": [Violation("/file", "PIXEL_LIMIT_EXCEEDED", "it has 200010000 pixels, more than are taken")],
}
