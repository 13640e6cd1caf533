"""Every error looks the same, whoever found it, and gives nothing away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from application.batches.list_batches import ListBatches
from application.ports.auth import SignatureRefused, TokenRefused
from domain import errors
from domain.batches.errors import UploadExpired, UploadsIncomplete
from domain.ids import BatchId
from entrypoints.http.app import create_app
from entrypoints.http.problems import status_of
from entrypoints.http.services import HttpSettings
from tests.application.uploads import photos
from tests.builders import IDS
from tests.entrypoints.http.api import MEDIA, PUBLIC_URL, UPLOADS, Api, announcement
from tests.entrypoints.http.problems import refused


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("x"), 404),
        (errors.NotPermitted("x"), 403),
        (errors.Conflict("x"), 409),
        (errors.InvalidState("x"), 409),
        (errors.ConcurrentUpdate("x"), 409),
        (errors.Gone("x"), 410),
        (errors.Rejected("x"), 422),
        (errors.Unauthenticated("x"), 401),
        (TokenRefused("x"), 401),
        (SignatureRefused("x"), 401),
        (errors.Unavailable("x"), 503),
        (UploadExpired(BatchId(IDS.new())), 410),
        (UploadsIncomplete([]), 409),
        (errors.DomainError("x"), 500),
    ],
)
def test_the_category_decides_the_status(error: errors.DomainError, status: int) -> None:
    assert status_of(error) == status


async def test_a_path_that_does_not_exist(api: Api) -> None:
    for path in ("/nowhere", f"{MEDIA}/x"):
        problem = refused(await api.client.get(path), 404, "NOT_FOUND")
        assert problem["detail"] == "there is nothing at this path; an id in a path is a UUID"


async def test_a_method_that_is_not_allowed(api: Api) -> None:
    answer = await api.client.patch(UPLOADS)

    refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


async def test_a_host_that_is_none(api: Api) -> None:
    refused(await api.client.get("/livez", headers={"host": "a b"}), 400, "BAD_REQUEST")


class Failing(ListBatches):
    """A use case that ends in an error."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def __call__(self, query: Any) -> Any:
        raise self._error


async def fail(api: Api, error: BaseException) -> httpx.Response:
    app = create_app(replace(api.services(), list_batches=Failing(error)), HttpSettings(public_url=PUBLIC_URL))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC_URL) as client:
        return await client.get(UPLOADS, params={"listingId": str(api.listing.id)}, headers=api.headers())


@pytest.mark.parametrize("error", [RuntimeError("the password is 1234"), errors.DomainError("the password is 1234")])
async def test_a_surprise_is_logged_and_tells_the_client_nothing(api: Api, error: Exception) -> None:
    answer = await fail(api, error)

    refused(answer, 500, "INTERNAL_ERROR")
    assert "1234" not in answer.text
    assert "request_failed" in api.log.events


async def test_what_does_not_answer_may_be_asked_again(api: Api) -> None:
    answer = await fail(api, errors.Unavailable("postgresql://user:1234@db does not answer"))

    refused(answer, 503, "UNAVAILABLE")
    assert int(answer.headers["retry-after"]) > 0
    assert "1234" not in answer.text
    assert "request_failed" not in api.log.events


async def test_a_client_that_lost_a_race_is_told_so(api: Api) -> None:
    refused(await fail(api, errors.ConcurrentUpdate("somebody was faster")), 409, "CONCURRENT_UPDATE")


async def test_a_body_that_never_ends_is_given_up(api: Api) -> None:
    app = create_app(api.services(), HttpSettings(public_url=PUBLIC_URL, body_timeout=timedelta(milliseconds=20)))

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC_URL) as client:
        answer = await client.post(UPLOADS, content=slow(), headers=api.headers())

    refused(answer, 408, "BODY_TIMEOUT")


async def test_a_client_that_goes_away_is_no_failure_of_ours(api: Api) -> None:
    app = create_app(api.services(), HttpSettings(public_url=PUBLIC_URL))
    sent: list[Any] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": UPLOADS,
        "raw_path": UPLOADS.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"authorization", api.headers()["authorization"].encode())],
        "client": ("192.0.2.1", 1),
        "server": ("vitrine.example", 443),
    }

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)

    assert sent[0]["status"] == 400
    assert "request_failed" not in api.log.events


async def test_two_equal_announcements_at_once_open_one_batch(api: Api) -> None:
    body = announcement(photos("one"), listing_id=api.listing.id)

    answers = await asyncio.gather(*[api.post(UPLOADS, body) for _ in range(5)])

    assert len({answer.json()["batchId"] for answer in answers}) == 1
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
