"""The OpenAPI document says what is true, all of it, with examples."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import msgspec
import pytest

from entrypoints.http.ads import requests as ad_requests
from entrypoints.http.ads import responses as ad_responses
from entrypoints.http.app import create_app
from entrypoints.http.attachment_sets import requests as attachment_set_requests
from entrypoints.http.attachment_sets import responses as attachment_set_responses
from entrypoints.http.dead_letters import responses as dead_letter_responses
from entrypoints.http.licenses import requests as license_requests
from entrypoints.http.licenses import responses as license_responses
from entrypoints.http.listing_media import requests as listing_requests
from entrypoints.http.listing_media import responses as listing_responses
from entrypoints.http.media import requests as media_requests
from entrypoints.http.media import responses as media_responses
from entrypoints.http.problems import Problem
from entrypoints.http.products import requests as product_requests
from entrypoints.http.products import responses as product_responses
from entrypoints.http.services import HttpSettings
from entrypoints.http.set_owners import requests as set_owner_requests
from entrypoints.http.set_owners import responses as set_owner_responses
from entrypoints.http.stores import requests as store_requests
from entrypoints.http.stores import responses as store_responses
from entrypoints.http.users import requests as user_requests
from entrypoints.http.users import responses as user_responses
from entrypoints.reading import pipeline_report
from tests.entrypoints.http.api import DEAD_LETTERS, LISTINGS, MEDIA, PUBLIC_URL, Api

SETS = "/api/v2/attachment-sets"
OPERATIONS = {
    ("put", f"{LISTINGS}/{{listing_id}}"),
    ("post", f"{LISTINGS}/media/uploads"),
    ("get", f"{LISTINGS}/media/uploads"),
    ("post", f"{LISTINGS}/media/uploads/urls"),
    ("post", f"{LISTINGS}/media/uploads/complete"),
    ("post", f"{LISTINGS}/media/uploads/status"),
    ("post", f"{LISTINGS}/media/uploads/retry"),
    ("delete", f"{LISTINGS}/media/uploads/{{batch_id}}"),
    ("delete", f"{LISTINGS}/media/uploads/{{batch_id}}/assets/{{asset_id}}"),
    ("post", f"{LISTINGS}/media/downloads/query"),
    ("post", f"{LISTINGS}/media/callbacks"),
    ("get", f"{LISTINGS}/media/hls/{{asset_id}}/{{name}}"),
    ("get", DEAD_LETTERS),
    ("get", f"{DEAD_LETTERS}/{{letter_id}}"),
    ("post", f"{DEAD_LETTERS}/{{letter_id}}/replay"),
    ("post", f"{DEAD_LETTERS}/{{letter_id}}/discard"),
    ("post", f"{MEDIA}/upload"),
    ("post", f"{MEDIA}/presign"),
    ("post", f"{MEDIA}/{{media_id}}/complete"),
    ("get", MEDIA),
    ("get", f"{MEDIA}/{{media_id}}"),
    ("patch", f"{MEDIA}/{{media_id}}"),
    ("delete", f"{MEDIA}/{{media_id}}"),
    ("get", f"{MEDIA}/{{media_id}}/usages"),
    ("get", f"{MEDIA}/hls/{{media_id}}/{{name}}"),
    ("get", "/api/v2/ads"),
    ("post", "/api/v2/ads"),
    ("get", "/api/v2/ads/{ad_id}"),
    ("put", "/api/v2/ads/{ad_id}"),
    ("delete", "/api/v2/ads/{ad_id}"),
    ("get", "/api/v2/licenses"),
    ("post", "/api/v2/licenses"),
    ("get", "/api/v2/licenses/{license_id}"),
    ("patch", "/api/v2/licenses/{license_id}"),
    ("delete", "/api/v2/licenses/{license_id}"),
    ("put", "/api/v2/licenses/{license_id}/status"),
    ("get", "/api/v2/products"),
    ("post", "/api/v2/products"),
    ("get", "/api/v2/products/{product_id}"),
    ("patch", "/api/v2/products/{product_id}"),
    ("delete", "/api/v2/products/{product_id}"),
    ("get", "/api/v2/products/{product_id}/media"),
    ("post", "/api/v2/products/{product_id}/media"),
    ("delete", "/api/v2/products/{product_id}/media/{media_id}"),
    ("put", "/api/v2/products/{product_id}/media/order"),
    ("put", "/api/v2/products/{product_id}/main-image"),
    ("get", "/api/v2/stores/{store_id}"),
    ("patch", "/api/v2/stores/{store_id}"),
    ("delete", "/api/v2/stores/{store_id}"),
    ("get", "/api/v2/users/{user_id}"),
    ("patch", "/api/v2/users/{user_id}"),
    ("delete", "/api/v2/users/{user_id}"),
    ("get", f"{SETS}/{{set_id}}"),
    ("get", f"{SETS}/{{set_id}}/attachments"),
    ("post", f"{SETS}/{{set_id}}/attachments"),
    ("get", f"{SETS}/{{set_id}}/attachments/{{attachment_id}}"),
    ("put", f"{SETS}/{{set_id}}/attachments/{{attachment_id}}"),
    ("delete", f"{SETS}/{{set_id}}/attachments/{{attachment_id}}"),
    ("get", f"{SETS}/{{set_id}}/cover"),
    ("put", f"{SETS}/{{set_id}}/cover"),
    ("delete", f"{SETS}/{{set_id}}/cover"),
    ("get", "/api/v2/parts"),
    ("post", "/api/v2/parts"),
    ("get", "/api/v2/parts/{part_id}"),
    ("delete", "/api/v2/parts/{part_id}"),
    ("post", "/api/v2/parts/{part_id}/attachments"),
    ("get", "/api/v2/kits"),
    ("post", "/api/v2/kits"),
    ("get", "/api/v2/kits/{kit_id}"),
    ("delete", "/api/v2/kits/{kit_id}"),
    ("post", "/api/v2/kits/{kit_id}/attachments"),
    ("get", "/livez"),
    ("get", "/readyz"),
    ("get", "/metrics"),
}

WITHOUT_BODY = {
    f"{DEAD_LETTERS}/{{letter_id}}/replay",
    f"{DEAD_LETTERS}/{{letter_id}}/discard",
    f"{MEDIA}/{{media_id}}/complete",
}
REQUESTS = [
    *(listing_requests, media_requests, product_requests, license_requests, ad_requests, store_requests),
    *(user_requests, attachment_set_requests, set_owner_requests, pipeline_report),
]
RESPONSES = [
    *(listing_responses, media_responses, product_responses, license_responses, ad_responses, store_responses),
    *(user_responses, attachment_set_responses, set_owner_responses, dead_letter_responses),
]


@pytest.fixture
async def document(api: Api) -> dict[str, Any]:
    answer = await api.client.get("/docs/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def walk(node: Any) -> Iterator[Any]:
    yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    for child in children:
        yield from walk(child)


async def test_every_endpoint_is_described(document: dict[str, Any], api: Api) -> None:
    described = {(method, path) for method, path, _ in operations(document)}
    app = create_app(api.services(), HttpSettings(public_url=PUBLIC_URL))
    served = {
        (method.lower(), route.path_format)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS" and not route.path.startswith("/docs") and route.path != "/"
    }

    assert described == served == OPERATIONS
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": PUBLIC_URL}]


async def test_operations_have_names_and_words_of_their_own(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    summaries = [operation["summary"] for _, _, operation in operations(document)]

    assert len(set(ids)) == len(set(summaries)) == len(OPERATIONS)
    assert all(name.isidentifier() and "_" not in name for name in ids)


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = {node["$ref"] for node in walk(document) if isinstance(node, dict) and "$ref" in node}

    assert references
    for reference in references:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


async def test_requests_show_an_example_that_would_be_taken(document: dict[str, Any]) -> None:
    shown = 0
    for method, path, operation in operations(document):
        takes_body = method in {"post", "put", "patch"} and path not in WITHOUT_BODY
        assert ("requestBody" in operation) == takes_body, path
        if "requestBody" not in operation:
            continue
        for media_type, body in operation["requestBody"]["content"].items():
            assert body["schema"]["examples"], path
            if media_type != "application/json":
                continue
            expected = body_named(name_of(body["schema"]), REQUESTS)
            assert expected is not None, path
            for example in body["schema"]["examples"]:
                msgspec.convert(example, expected)
                shown += 1

    assert shown == 30


def name_of(schema: dict[str, Any]) -> str:
    """Of one that stands elsewhere, or of one that is spelled out beside a form."""
    return str(schema["allOf"][0]["$ref"] if "allOf" in schema else schema["title"])


async def test_what_creates_says_where_it_is_found(document: dict[str, Any]) -> None:
    located = {
        path
        for method, path, operation in operations(document)
        if "Location" in operation["responses"].get("201", {}).get("headers", {})
    }

    assert located == {
        f"{SETS}/{{set_id}}/attachments",
        *(f"{MEDIA}/upload", f"{MEDIA}/presign", "/api/v2/products", "/api/v2/ads", "/api/v2/licenses"),
        *("/api/v2/parts", "/api/v2/kits", "/api/v2/parts/{part_id}/attachments", "/api/v2/kits/{kit_id}/attachments"),
    }


async def test_answers_show_an_example_of_their_type(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            for media_type, body in answer.get("content", {}).items():
                assert body["examples"], (method, path, status)
                for example in body["examples"].values():
                    assert set(example) <= {"summary", "value"}
                    check(body["schema"], media_type, example["value"], status)


def check(schema: dict[str, Any], media_type: str, example: Any, status: str) -> None:
    if media_type == "application/problem+json":
        assert msgspec.convert(example, Problem).status == int(status)
        return
    expected = body_named(schema.get("$ref", ""), RESPONSES)
    if expected is not None:
        assert msgspec.to_builtins(msgspec.convert(example, expected)) == example


def body_named(reference: str, modules: list[ModuleType]) -> Any:
    """The Struct that a component is made of."""
    name = reference.rsplit("/", maxsplit=1)[-1]
    return next((found for module in modules if (found := getattr(module, name, None))), None)


async def test_operations_say_whom_they_let_in_and_how_they_refuse(document: dict[str, Any]) -> None:
    needed = set()
    for _, path, operation in operations(document):
        needed |= {scheme for requirement in operation["security"] for scheme in requirement}
        statuses = set(operation["responses"])
        if not path.startswith("/api/"):
            assert operation["security"] == [{}]
            continue
        assert "503" in statuses
        assert ("401" in statuses) == (operation["security"] != [{}]), path
        if "requestBody" in operation:
            assert {"400", "401", "413", "415", "422"} <= statuses, path
        assert any(status < "300" for status in statuses)

    assert needed == set(document["components"]["securitySchemes"])


async def test_people_read_a_page_that_needs_no_other_server(api: Api) -> None:
    page = await api.client.get("/docs")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for method, path in OPERATIONS:
        assert f"<b>{method}</b> <code>{path}</code>" in page.text
    for foreign in ("<script", "<link", "src=", "@import", "cdn"):
        assert foreign not in page.text


async def test_the_document_comes_as_yaml_too(api: Api) -> None:
    assert (await api.client.get("/docs/openapi.yaml")).text.count("operationId:") == len(OPERATIONS)
