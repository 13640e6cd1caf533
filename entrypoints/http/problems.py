"""Errors as clients see them: RFC 9457 `application/problem+json`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, NotFoundException
from litestar.types import ExceptionHandlersMap
from msgspec import Meta

from application.ports.auth import TokenRefused
from application.ports.log import Log
from domain.attachments.errors import MediaProtected
from domain.errors import (
    Conflict,
    DomainError,
    Gone,
    NotFound,
    NotPermitted,
    Overloaded,
    PreconditionFailed,
    Rejected,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedType,
    Violation,
)
from entrypoints.http.request_log import request_id_of
from entrypoints.reading.json_body import MalformedJson

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER = "2"
_NOWHERE = "there is nothing at this path; an id in a path is a UUID"
_STATUS: Mapping[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotPermitted: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Gone: HTTPStatus.GONE,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Rejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    MalformedJson: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class ErrorItem(msgspec.Struct, frozen=True):
    pointer: Annotated[str, Meta(description='JSON pointer into the request; "" for the whole of it.')]
    code: Annotated[str, Meta(description="Stable, for programs.")]
    detail: Annotated[str, Meta(description="For people.")]


class BlockerItem(msgspec.Struct, frozen=True, rename="camel"):
    """A protected use of a media."""

    entity_type: str
    entity_id: UUID
    since: datetime


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong. `errors` lists every violation of the request, not the first; `blockers` all that keeps a media
    from being deleted.
    """

    type: Annotated[str, Meta(description="Names the kind of problem.")]
    title: str
    status: int
    code: Annotated[str, Meta(description="Stable, for programs.")]
    detail: str
    instance: Annotated[str | None, Meta(description="Names this very occurrence, as in the logs.")] = None
    errors: list[ErrorItem] | None = None
    blockers: list[BlockerItem] | None = None


def status_of(error: DomainError) -> HTTPStatus:
    """The one table from categories of errors to statuses."""
    for category in type(error).__mro__:
        if category in _STATUS:
            return _STATUS[category]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problem(status: HTTPStatus, code: str, detail: str, violations: Sequence[Violation] = ()) -> Problem:
    return Problem(
        type=f"urn:vitrine:problem:{code.lower().replace('_', '-')}",
        title=status.phrase,
        status=status,
        code=code,
        detail=detail,
        errors=[ErrorItem(found.pointer, found.code, found.detail) for found in violations] or None,
    )


def exception_handlers(log: Log) -> ExceptionHandlersMap:
    """Every error, ours or Litestar's, ends here; what nobody foresaw is logged and tells the client nothing."""

    def on_domain_error(request: Request[Any, Any, Any], error: DomainError) -> Response[bytes]:
        status = status_of(error)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            return on_surprise(request, error)
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            log.warning("dependency_unavailable", code=error.code, detail=error.detail)
            # Which service, and where, is nobody's business.
            hidden = "a service that this needs does not answer; try again later"
            detail = error.detail if isinstance(error, Overloaded) else hidden
            return _answer(request, problem(status, error.code, detail), {"Retry-After": _RETRY_AFTER})
        told = problem(status, error.code, error.detail, error.violations)
        if isinstance(error, MediaProtected):
            told = msgspec.structs.replace(told, blockers=_blockers(error))
        return _answer(request, told, _challenge(request, error))

    def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
        status = HTTPStatus(error.status_code)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return on_surprise(request, error)
        detail = _NOWHERE if isinstance(error, NotFoundException) else error.detail
        return _answer(request, problem(status, _code_of(error, status), detail), error.headers)

    def on_surprise(request: Request[Any, Any, Any], _: Exception) -> Response[bytes]:
        log.exception("request_failed", method=request.method, path=request.scope.get("path_template", ""))  # noqa: LOG004 - called while it is handled
        detail = "this is our fault, and has been noted; `instance` names it"
        return _answer(request, problem(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", detail))

    return {DomainError: on_domain_error, HTTPException: on_http_error, Exception: on_surprise}


def _blockers(error: MediaProtected) -> list[BlockerItem]:
    return [BlockerItem(found.entity_type, found.entity_id, found.since) for found in error.blockers]


def _answer(
    request: Request[Any, Any, Any], told: Problem, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    occurrence = msgspec.structs.replace(told, instance=f"urn:uuid:{request_id_of(request.scope)}")
    return Response(
        content=msgspec.json.encode(occurrence),
        status_code=told.status,
        media_type=MEDIA_TYPE,
        headers={**(headers or {}), "Cache-Control": "no-store"},
    )


def _challenge(request: Request[Any, Any, Any], error: DomainError) -> Mapping[str, str]:
    """A 401 says what would be accepted (RFC 9110)."""
    if not isinstance(error, Unauthenticated):
        return {}
    if not isinstance(error, TokenRefused):
        return {"WWW-Authenticate": 'StandardWebhooks realm="vitrine"'}
    refused = ', error="invalid_token"' if "authorization" in request.headers else ""
    return {"WWW-Authenticate": f'Bearer realm="vitrine"{refused}'}


def _code_of(error: HTTPException, status: HTTPStatus) -> str:
    """Errors of our own carry a code; those of Litestar go by the name of their status."""
    return str(getattr(error, "code", status.name))
