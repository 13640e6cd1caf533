"""Who may do what, and who is not let in at all."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from domain.ids import BatchId, StoreId
from domain.principal import Principal
from tests.application.uploads import photos
from tests.builders import IDS
from tests.entrypoints.http.api import (
    DOWNLOADS,
    LISTINGS,
    MEDIA,
    PHOTOGRAPHER_PRINCIPAL,
    PRINCIPALS,
    SECRET,
    UPLOADS,
    Api,
    announcement,
    shared_app,
)
from tests.entrypoints.http.problems import refused
from tests.entrypoints.http.test_documentation import OPERATIONS
from tests.entrypoints.http.test_listings import facts

Ask = Callable[[Api, BatchId, dict[str, str]], Awaitable[httpx.Response]]


def post(path: str, **more: Any) -> Ask:
    return lambda api, batch_id, headers: api.client.post(path, json={**api.named(batch_id), **more}, headers=headers)


def announce(api: Api, _: BatchId, headers: dict[str, str]) -> Awaitable[httpx.Response]:
    body = announcement(photos("more"), listing_id=api.listing.id, reference="more")
    return api.client.post(UPLOADS, json=body, headers=headers)


def list_uploads(api: Api, _: BatchId, headers: dict[str, str]) -> Awaitable[httpx.Response]:
    return api.client.get(UPLOADS, params={"listingId": str(api.listing.id)}, headers=headers)


def delete(api: Api, batch_id: BatchId, headers: dict[str, str]) -> Awaitable[httpx.Response]:
    return api.client.delete(f"{UPLOADS}/{batch_id}", headers=headers)


def remove_asset(api: Api, batch_id: BatchId, headers: dict[str, str]) -> Awaitable[httpx.Response]:
    return api.client.delete(f"{UPLOADS}/{batch_id}/assets/{IDS.new()}", headers=headers)


def put_listing(api: Api, _: BatchId, headers: dict[str, str]) -> Awaitable[httpx.Response]:
    return api.client.put(f"{LISTINGS}/{api.listing.id}", json=facts(), headers=headers)


UPLOADERS = {"photographer"}
MANAGERS = {"photographer", "admin"}
READERS = {"photographer", "owner", "admin"}
MATRIX: dict[str, tuple[Ask, set[str]]] = {
    "announce": (announce, UPLOADERS),
    "fresh urls": (post(f"{UPLOADS}/urls"), UPLOADERS),
    "complete": (post(f"{UPLOADS}/complete", files=[]), UPLOADERS),
    "status": (post(f"{UPLOADS}/status"), READERS),
    "downloads": (post(DOWNLOADS), READERS),
    "list": (list_uploads, READERS),
    "retry": (post(f"{UPLOADS}/retry"), MANAGERS),
    "remove asset": (remove_asset, MANAGERS),
    "delete": (delete, MANAGERS),
    "put listing": (put_listing, {"service", "admin"}),
}
WITHOUT_TOKEN = {
    *("/", "/livez", "/readyz", "/metrics", "/docs", "/docs/openapi.json", "/docs/openapi.yaml", "/docs/openapi.yml"),
    f"{LISTINGS}/media/callbacks",
    f"{LISTINGS}/media/hls/{{asset_id:uuid}}/{{name:str}}",
    f"{MEDIA}/hls/{{media_id:uuid}}/{{name:str}}",
}


@pytest.mark.parametrize("who", PRINCIPALS)
@pytest.mark.parametrize("what", MATRIX)
async def test_who_may_do_what(api: Api, what: str, who: str) -> None:
    batch_id = (await api.announce(photos("one", "two"))).batch.id
    ask, allowed = MATRIX[what]

    answer = await ask(api, batch_id, api.headers(PRINCIPALS[who]))

    if who in allowed:
        assert answer.status_code not in {401, 403}, answer.text
    else:
        refused(answer, 403, "NOT_PERMITTED")


@pytest.mark.parametrize("who", ["photographer", "owner", "admin", "service"])
@pytest.mark.parametrize("what", MATRIX)
async def test_for_another_store_nothing_exists(api: Api, what: str, who: str) -> None:
    batch_id = (await api.announce(photos("one"))).batch.id
    stranger = replace(PRINCIPALS[who], store_id=StoreId(IDS.new()))
    ask, _ = MATRIX[what]

    answer = await ask(api, batch_id, api.headers(stranger))

    # Whoever may not tell of listings learns nothing of this one either.
    hidden = 403 if what == "put listing" and who in {"photographer", "owner"} else 404
    assert answer.status_code == hidden, answer.text


@pytest.mark.parametrize("what", MATRIX)
async def test_without_a_token_there_is_nothing_to_see(api: Api, what: str) -> None:
    ask, _ = MATRIX[what]

    answer = await ask(api, BatchId(IDS.new()), {})

    refused(answer, 401, "TOKEN_REFUSED")
    assert answer.headers["www-authenticate"] == 'Bearer realm="vitrine"'


async def test_every_route_but_a_few_asks_for_a_token(api: Api) -> None:
    guarded = {(route.path, method) for route in shared_app().routes for method in getattr(route, "methods", [])}
    asked = 0

    for path, method in sorted(guarded):
        if method == "OPTIONS" or path.rstrip("/") in WITHOUT_TOKEN or path in WITHOUT_TOKEN:
            continue
        concrete = re.sub(r"\{\w+:uuid\}", str(IDS.new()), path)
        answer = await api.client.request(method, concrete)
        # What the documentation does not have is not found; everything else wants to know who asks.
        assert answer.status_code == (404 if path.startswith("/docs/{") else 401), (method, path)
        asked += answer.status_code == 401

    operations = {(method.upper(), path) for method, path in OPERATIONS if path.startswith("/api/")}
    assert asked == len(operations) - len([path for path in WITHOUT_TOKEN if path.startswith("/api/")])


def unsigned(api: Api, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none")


def other_secret(api: Api, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "another secret of 32 bytes, or more", algorithm="HS256")


def other_algorithm(api: Api, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, SECRET * 2, algorithm="HS512")


def expired(api: Api, claims: dict[str, Any]) -> str:
    return jwt.encode(claims | {"exp": api.now.timestamp() - 31}, SECRET, algorithm="HS256")


def changed(api: Api, claims: dict[str, Any]) -> str:
    header, _, signature = api.token().split(".")
    return ".".join((header, jwt.encode(claims | {"roles": ["admin"]}, SECRET).split(".")[1], signature))


@pytest.mark.parametrize("forge", [unsigned, other_secret, other_algorithm, expired, changed])
async def test_a_token_that_is_not_good_is_refused(api: Api, forge: Callable[[Api, dict[str, Any]], str]) -> None:
    claims = jwt.decode(api.token(), options={"verify_signature": False})
    token = forge(api, claims)

    answer = await list_uploads(api, BatchId(IDS.new()), {"authorization": f"Bearer {token}"})

    refused(answer, 401, "TOKEN_REFUSED")
    assert answer.headers["www-authenticate"] == 'Bearer realm="vitrine", error="invalid_token"'


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic dXNlcg==", "{token}", "Bearer {token} x", "Bearer é"]
)
async def test_what_is_no_bearer_token_is_refused(api: Api, header: str) -> None:
    value = header.format(token=api.token()).encode("latin-1")

    answer = await api.client.get(UPLOADS, headers=[(b"authorization", value)])

    refused(answer, 401, "TOKEN_REFUSED")


async def test_the_name_of_the_scheme_may_be_in_any_case(api: Api) -> None:
    answer = await list_uploads(api, BatchId(IDS.new()), {"authorization": f"bearer {api.token()}"})

    assert answer.status_code == 200


async def test_a_token_is_asked_for_before_the_body_is_read(api: Api) -> None:
    refused(await api.client.post(UPLOADS, content=b"{"), 401, "TOKEN_REFUSED")


async def test_a_token_lives_as_long_as_it_says(api: Api) -> None:
    who: Principal = PHOTOGRAPHER_PRINCIPAL
    headers = api.headers(who)
    assert (await list_uploads(api, BatchId(IDS.new()), headers)).status_code == 200

    api.clock.advance(timedelta(hours=1, minutes=1))

    refused(await list_uploads(api, BatchId(IDS.new()), headers), 401, "TOKEN_REFUSED")
