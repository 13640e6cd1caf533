"""What every refusal must look like."""

from typing import Any

import httpx


def refused(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem, once its form has been checked."""
    assert (response.status_code, response.json().get("code")) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    problem: dict[str, Any] = response.json()
    assert set(problem) <= {"type", "title", "status", "detail", "code", "instance", "errors", "blockers"}
    assert problem["status"] == status
    assert problem["type"] == f"urn:vitrine:problem:{code.lower().replace('_', '-')}"
    assert problem["instance"] == f"urn:uuid:{response.headers['x-request-id']}"
    assert problem["title"]
    assert problem["detail"]
    return problem


def violations(response: httpx.Response, status: int = 422, code: str = "VALIDATION_FAILED") -> set[tuple[str, str]]:
    """Pointer and code of everything that is wrong."""
    errors = refused(response, status, code)["errors"]
    assert all(set(error) == {"pointer", "code", "detail"} and error["detail"] for error in errors)
    found = {(error["pointer"], error["code"]) for error in errors}
    assert len(found) == len(errors), "a violation is told twice"
    return found
