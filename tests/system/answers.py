"""What a test expects of an answer; a failure shows the answer."""

from http import HTTPStatus
from typing import Any

import httpx


def accepted(answer: httpx.Response, status: HTTPStatus = HTTPStatus.OK) -> Any:
    """The JSON of an answer with that status; None when it has no content."""
    assert answer.status_code == status, told(answer)
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: HTTPStatus, code: str) -> dict[str, Any]:
    """The problem (RFC 9457) of a refusal."""
    assert answer.status_code == status, told(answer)
    assert answer.headers["content-type"].startswith("application/problem+json"), told(answer)
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code, told(answer)
    assert problem["status"] == status, told(answer)
    return problem


def told(answer: httpx.Response) -> str:
    return f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:2000]}"
