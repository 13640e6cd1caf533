"""Attachments of a set: made of files, addresses and media, looked at, changed, deleted."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.media.kind import MediaKind
from tests.application.media.sending import MIB, all_media, file_of
from tests.builders import IDS, OWNER
from tests.consumers.shop import CUSTOMER, STRANGER
from tests.consumers.workshop import ATTACHMENT, PAGE, PDF, SVG, Workshop, set_path
from tests.entrypoints.http.forms import field, file, form
from tests.entrypoints.http.problems import refused, violations

FRONT = file_of()
CREATED_AT = "2025-05-04T12:30:15.123456Z"


async def test_a_new_set_is_empty(workshop: Workshop) -> None:
    part = await workshop.part()

    assert await workshop.shown(set_path(part)) == {
        "attachmentSetId": part["attachmentSetId"],
        "coverAttachmentId": None,
        "attachments": [],
        "createdAt": CREATED_AT,
        "updatedAt": CREATED_AT,
    }


async def test_a_file_becomes_an_attachment(workshop: Workshop) -> None:
    path = await workshop.new_set()

    answer = await workshop.send(f"{path}/attachments", form(field("title", "Front"), file(FRONT)))

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert answer.headers["location"] == f"/api/v2{path}/attachments/{body['attachmentId']}"
    assert answer.headers["cache-control"] == "no-store"
    [media] = await all_media(workshop.shop.api)
    bytes_at, picture_at = body.pop("attachmentUrl"), body.pop("previewUrl")
    assert body == {
        "attachmentId": body["attachmentId"],
        "type": "IMAGE",
        "title": "Front",
        "url": None,
        "mediaId": str(media.id),
        "filename": "bottle.jpg",
        "contentType": "image/jpeg",
        "bytes": len(FRONT),
        "fetchStatus": None,
        "failure": None,
        "createdAt": CREATED_AT,
    }
    assert workshop.shop.api.http.send("GET", bytes_at).body == FRONT
    assert workshop.shop.api.http.send("GET", picture_at).body == FRONT
    assert await workshop.shop.uses(str(media.id)) == [(ATTACHMENT, body["attachmentId"])]
    assert (media.kind, media.user_id) == (MediaKind.OTHER, OWNER)


async def test_it_is_found_where_it_was_said_to_be(workshop: Workshop) -> None:
    path = await workshop.new_set()

    for body in ({"url": PAGE}, {"mediaId": await workshop.library(FRONT)}):
        answer = await workshop.shop.ask("POST", f"{path}/attachments", body)
        location = answer.headers["location"].removeprefix("/api/v2")

        assert await workshop.shop.done("GET", location) == answer.json()


async def test_a_pdf_has_no_preview_until_somebody_has_looked_into_it(workshop: Workshop) -> None:
    path = await workshop.new_set()

    attached = await workshop.pdf(path)

    assert (attached["type"], attached["contentType"], attached["previewUrl"]) == ("PDF", PDF, None)
    await workshop.shop.api.work()
    shown = (await workshop.shown(path))["attachments"][0]
    claims = workshop.shop.api.signer.claims(shown["previewUrl"])
    assert claims is not None
    assert "thumbnail" in claims["key"]


async def test_an_svg_is_a_download_and_never_a_picture(workshop: Workshop) -> None:
    path = await workshop.new_set()

    attached = await workshop.upload(path, file_of(SVG), filename="plan.svg")

    assert (attached["type"], attached["contentType"], attached["previewUrl"]) == ("IMAGE", SVG, None)
    handed_out = workshop.shop.api.http.send("GET", attached["attachmentUrl"])
    assert handed_out.body == file_of(SVG)
    assert handed_out.headers["content-disposition"] == 'attachment; filename="plan.svg"'
    assert handed_out.headers["content-type"] == "application/octet-stream"


async def test_an_address_is_not_fetched_while_somebody_waits(workshop: Workshop) -> None:
    path = await workshop.new_set()

    attached = await workshop.attach(path, url=PAGE)

    assert attached == {
        "attachmentId": attached["attachmentId"],
        "type": "URL",
        "title": PAGE,
        "url": PAGE,
        "mediaId": None,
        "filename": None,
        "contentType": None,
        "bytes": None,
        "attachmentUrl": None,
        "previewUrl": None,
        "fetchStatus": "FETCHING",
        "failure": None,
        "createdAt": CREATED_AT,
    }
    [task] = await workshop.shop.api.pointers()
    async with workshop.shop.begin() as tx:
        found = await tx.tasks.find(task)
    assert found is not None
    assert found.work.ids["set_attachment_id"] == UUID(attached["attachmentId"])
    assert await workshop.shop.ledger() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:8080/",
        "http://[::1]/",
        "http://10.1.2.3/x",
        "http://192.168.0.1",
        "http://169.254.169.254/latest/meta-data",
        "http://0x7f.1/",
        "ftp://www.example.com/",
        "file:///etc/passwd",
        "https://somebody:secret@www.example.com/",
        "https://www.example.com:22/",
        "https:///lamps",
        "lamps",
        "",
        f"{PAGE}/{'x' * 2000}",
        f"{PAGE}\\x",
    ],
)
async def test_an_address_that_nobody_may_go_to_is_refused_at_once(workshop: Workshop, url: str) -> None:
    path = await workshop.new_set()

    answer = await workshop.shop.ask("POST", f"{path}/attachments", {"url": url})

    assert {pointer for pointer, _ in violations(answer)} == {"/url"}
    assert await workshop.attached(path) == []
    assert await workshop.shop.api.pointers() == []


async def test_a_media_of_the_library_is_attached_as_it_is(workshop: Workshop) -> None:
    path = await workshop.new_set()
    media_id = await workshop.library(FRONT)

    attached = await workshop.attach(path, title="From the library", mediaId=media_id)
    untitled = await workshop.attach(path, mediaId=media_id)

    assert (attached["type"], attached["mediaId"], attached["title"]) == ("IMAGE", media_id, "From the library")
    assert untitled["title"] == "bottle.jpg"
    uses = {(ATTACHMENT, attached["attachmentId"]), (ATTACHMENT, untitled["attachmentId"])}
    assert set(await workshop.shop.uses(media_id)) == uses


async def test_media_that_are_not_there_cannot_be_attached(workshop: Workshop) -> None:
    path = await workshop.new_set()
    theirs = await workshop.library(FRONT, who=STRANGER)
    gone = await workshop.library(file_of(name="two"))
    await workshop.shop.done("DELETE", f"/media/{gone}")

    for media_id in (theirs, gone, str(IDS.new())):
        body = {"mediaId": media_id}
        answer = await workshop.shop.ask("POST", f"{path}/attachments", body)
        assert violations(answer, 409, "MEDIA_NOT_ATTACHABLE") == {("/mediaId", "MEDIA_NOT_FOUND")}


async def test_what_is_neither_image_nor_pdf_cannot_be_attached(workshop: Workshop) -> None:
    path = await workshop.new_set()

    for mime_type in ("video/mp4", "image/gif", "application/octet-stream"):
        media_id = await workshop.library(file_of(mime_type))
        answer = await workshop.shop.ask("POST", f"{path}/attachments", {"mediaId": media_id})
        assert violations(answer) == {("/mediaId", "MEDIA_TYPE_NOT_ALLOWED")}
    assert await workshop.shop.ledger() == []


BROKEN: list[tuple[Any, set[tuple[str, str]]]] = [
    ({}, {("/url", "MISSING_FIELD")}),
    ({"title": "Front"}, {("/url", "MISSING_FIELD")}),
    ({"url": None, "mediaId": None}, {("/url", "MISSING_FIELD")}),
    ({"url": PAGE, "mediaId": str(IDS.new())}, {("/mediaId", "AMBIGUOUS")}),
    ({"url": PAGE, "title": ""}, {("/title", "LENGTH")}),
    ({"url": PAGE, "title": " "}, {("/title", "LENGTH")}),
    ({"url": PAGE, "title": "x" * 256}, {("/title", "LENGTH")}),
    ({"url": PAGE, "title": "a\nb"}, {("/title", "CONTROL_CHARACTERS")}),
    ({"url": PAGE, "title": "a\0b"}, {("/title", "NUL_CHARACTER")}),
    ({"url": 7, "mediaId": "x"}, {("/url", "WRONG_TYPE"), ("/mediaId", "FORMAT")}),
    ({"url": PAGE, "file": "x"}, {("/file", "UNKNOWN_FIELD")}),
]


@pytest.mark.parametrize(("body", "expected"), BROKEN)
async def test_a_body_with_mistakes_is_told(workshop: Workshop, body: Any, expected: set[tuple[str, str]]) -> None:
    path = await workshop.new_set()

    answer = await workshop.shop.ask("POST", f"{path}/attachments", body)

    assert violations(answer) == expected
    assert await workshop.attached(path) == []


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "MALFORMED_JSON"),
        (b"{", 400, "MALFORMED_JSON"),
        (b"null", 422, "VALIDATION_FAILED"),
        (b"[]", 422, "VALIDATION_FAILED"),
    ],
)
async def test_what_is_no_body_is_refused(workshop: Workshop, content: bytes, status: int, code: str) -> None:
    path = await workshop.new_set()

    answer = await workshop.send(f"{path}/attachments", content, content_type="application/json")

    refused(answer, status, code)


async def test_json_has_the_limit_of_all_bodies(workshop: Workshop) -> None:
    path = await workshop.new_set()

    answer = await workshop.send(f"{path}/attachments", b" " * (2 * 1024 * 1024 + 1), content_type="application/json")

    refused(answer, 413, "REQUEST_ENTITY_TOO_LARGE")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/mixed; boundary=x", "image/jpeg"])
async def test_another_content_type_is_refused(workshop: Workshop, content_type: str) -> None:
    path = await workshop.new_set()

    answer = await workshop.send(f"{path}/attachments", FRONT, content_type=content_type)

    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


async def test_as_long_as_a_title_may_be(workshop: Workshop) -> None:
    path = await workshop.new_set()
    title = "ü" * 255

    assert (await workshop.image(path, title=title))["title"] == title
    assert (await workshop.attach(path, url=PAGE, title=title))["title"] == title


async def test_they_are_listed_oldest_first(workshop: Workshop) -> None:
    path = await workshop.new_set()
    expected = []
    for step in (workshop.image, workshop.pdf):
        expected.append(await step(path))
        workshop.shop.api.clock.advance(timedelta(seconds=1))
    expected.append(await workshop.attach(path, url=PAGE))

    listed = (await workshop.shop.done("GET", f"{path}/attachments"))["attachments"]

    assert [each["attachmentId"] for each in listed] == [each["attachmentId"] for each in expected]
    assert listed == (await workshop.shown(path))["attachments"]


async def test_a_change_leaves_what_is_left_out(workshop: Workshop) -> None:
    path = await workshop.new_set()
    attached = await workshop.image(path, title="Front")
    where = f"{path}/attachments/{attached['attachmentId']}"

    changed = await workshop.shop.done("PUT", where, {"title": "Back"})

    assert changed == attached | {"title": "Back"}
    assert await workshop.shop.done("GET", where) == changed
    assert await workshop.shop.uses(attached["mediaId"]) == [(ATTACHMENT, attached["attachmentId"])]


async def test_another_address_is_fetched_once_the_first_has_been(workshop: Workshop) -> None:
    path = await workshop.new_set()
    attached = await workshop.attach(path, url=PAGE, title="Lamps")
    where = f"{path}/attachments/{attached['attachmentId']}"
    await workshop.shop.refused(409, "ATTACHMENT_BEING_FETCHED", "PUT", where, {"url": f"{PAGE}/2"})
    await workshop.end_fetch(path, attached, failed=True)
    failed = await workshop.shop.done("GET", where)
    assert failed["fetchStatus"] == "FAILED"
    assert failed["failure"] == {"code": "ADDRESS_FORBIDDEN", "detail": "nobody goes there"}

    changed = await workshop.shop.done("PUT", where, {"url": f"{PAGE}/2"})

    assert (changed["title"], changed["url"], changed["fetchStatus"]) == ("Lamps", f"{PAGE}/2", "FETCHING")
    assert changed["failure"] is None
    assert len(await workshop.shop.api.pointers()) == 2


async def test_what_came_from_no_address_gets_none(workshop: Workshop) -> None:
    path = await workshop.new_set()
    attached = await workshop.image(path)

    where = f"{path}/attachments/{attached['attachmentId']}"
    await workshop.shop.refused(409, "NOT_AN_ADDRESS", "PUT", where, {"url": PAGE, "title": "Lamps"})

    assert await workshop.shop.done("GET", where) == attached


UNCHANGED: list[tuple[Any, set[tuple[str, str]]]] = [
    ({}, {("", "MISSING_FIELD")}),
    ({"title": ""}, {("/title", "LENGTH")}),
    ({"title": None}, {("", "MISSING_FIELD")}),
    ({"title": 7}, {("/title", "WRONG_TYPE")}),
    ({"title": "x" * 256}, {("/title", "LENGTH")}),
    ({"title": "Lamps", "url": "http://127.0.0.1"}, {("/url", "ADDRESS_FORBIDDEN")}),
    ({"title": "Lamps", "url": ""}, {("/url", "URL_INVALID")}),
    ({"title": "Lamps", "mediaId": str(IDS.new())}, {("/mediaId", "UNKNOWN_FIELD")}),
]


@pytest.mark.parametrize(("body", "expected"), UNCHANGED)
async def test_a_change_with_mistakes_changes_nothing(
    workshop: Workshop, body: Any, expected: set[tuple[str, str]]
) -> None:
    path = await workshop.new_set()
    attached = await workshop.attach(path, url=PAGE)
    await workshop.end_fetch(path, attached)
    where = f"{path}/attachments/{attached['attachmentId']}"
    before = await workshop.shop.done("GET", where)

    assert violations(await workshop.shop.ask("PUT", where, body)) == expected

    assert await workshop.shop.done("GET", where) == before


async def test_deleted_it_releases_its_media(workshop: Workshop) -> None:
    path = await workshop.new_set()
    attached = await workshop.image(path)
    where = f"{path}/attachments/{attached['attachmentId']}"

    await workshop.shop.done("DELETE", where)

    assert await workshop.shop.uses(attached["mediaId"]) == []
    assert await workshop.attached(path) == []
    await workshop.shop.refused(404, "ATTACHMENT_NOT_FOUND", "GET", where)
    await workshop.shop.refused(404, "ATTACHMENT_NOT_FOUND", "DELETE", where)
    unused = (await workshop.shop.done("GET", "/media", unused="true"))["media"]
    assert [each["mediaId"] for each in unused] == [attached["mediaId"]]


async def test_an_attachment_is_where_it_is(workshop: Workshop) -> None:
    path, other = await workshop.new_set(), await workshop.new_set()
    elsewhere = (await workshop.image(other))["attachmentId"]
    theirs = (await workshop.image(await workshop.new_set(who=STRANGER), who=STRANGER))["attachmentId"]
    requests = {elsewhere: (409, "ATTACHMENT_NOT_IN_SET")} | dict.fromkeys(
        (theirs, str(IDS.new())), (404, "ATTACHMENT_NOT_FOUND")
    )

    for attachment_id, (status, code) in requests.items():
        where = f"{path}/attachments/{attachment_id}"
        await workshop.shop.refused(status, code, "GET", where)
        await workshop.shop.refused(status, code, "PUT", where, {"title": "Mine"})
        await workshop.shop.refused(status, code, "DELETE", where)
        await workshop.shop.refused(status, code, "PUT", f"{path}/cover", {"attachmentId": attachment_id})
    assert await workshop.attached(other) == [elsewhere]


def calls_on(path: str, attachment_id: str) -> list[tuple[str, str, Any]]:
    """Every operation on a set."""
    one = f"{path}/attachments/{attachment_id}"
    return [
        ("GET", path, None),
        ("GET", f"{path}/attachments", None),
        ("GET", one, None),
        ("GET", f"{path}/cover", None),
        ("POST", f"{path}/attachments", {"url": PAGE}),
        ("PUT", one, {"title": "Mine"}),
        ("DELETE", one, None),
        ("PUT", f"{path}/cover", {"attachmentId": attachment_id}),
        ("DELETE", f"{path}/cover", None),
    ]


async def test_for_another_store_there_is_no_set(workshop: Workshop) -> None:
    path = await workshop.new_set()
    attached = (await workshop.image(path))["attachmentId"]

    for where in (path, f"/attachment-sets/{IDS.new()}"):
        for method, call, body in calls_on(where, attached):
            await workshop.shop.refused(404, "ATTACHMENT_SET_NOT_FOUND", method, call, body, who=STRANGER)
        answer = await workshop.send(f"{where}/attachments", form(file(file_of(name="two"))), who=STRANGER)
        refused(answer, 404, "ATTACHMENT_SET_NOT_FOUND")
    theirs = await workshop.library(FRONT, who=STRANGER)
    await workshop.shop.refused(
        404, "ATTACHMENT_SET_NOT_FOUND", "POST", f"{path}/attachments", {"mediaId": theirs}, who=STRANGER
    )

    assert await workshop.attached(path) == [attached]
    assert len(await all_media(workshop.shop.api)) == 2


async def test_customers_look_and_do_not_touch(workshop: Workshop) -> None:
    path = await workshop.new_set()
    attached = (await workshop.image(path))["attachmentId"]
    media_id = await workshop.library(file_of(name="two"))

    for method, call, body in calls_on(path, attached):
        if method == "GET":
            await workshop.shop.done(method, call, who=CUSTOMER)
        else:
            await workshop.shop.refused(403, "NOT_PERMITTED", method, call, body, who=CUSTOMER)
    await workshop.shop.refused(
        403, "NOT_PERMITTED", "POST", f"{path}/attachments", {"mediaId": media_id}, who=CUSTOMER
    )
    answer = await workshop.send(f"{path}/attachments", form(file(file_of(name="three"))), who=CUSTOMER)
    refused(answer, 403, "NOT_PERMITTED")

    assert await workshop.attached(path) == [attached]
    assert len(await all_media(workshop.shop.api)) == 2


async def test_what_not_everybody_may_see_cannot_be_attached(workshop: Workshop) -> None:
    path = await workshop.new_set()
    secret = await workshop.library(file_of(PDF), kind="license_doc")

    answer = await workshop.shop.ask("POST", f"{path}/attachments", {"mediaId": secret})

    assert violations(answer) == {("/mediaId", "CONFIDENTIAL_MEDIA")}
    assert await workshop.attached(path) == []


async def test_a_media_has_the_limits_of_a_file(workshop: Workshop) -> None:
    path = await workshop.new_set()
    large = await workshop.library(file_of(name="large", size=MIB + 1))

    answer = await workshop.shop.ask("POST", f"{path}/attachments", {"mediaId": large})

    assert violations(answer) == {("/mediaId", "MEDIA_TOO_LARGE")}


async def test_without_a_token_there_is_nothing(workshop: Workshop) -> None:
    path = await workshop.new_set()

    answer = await workshop.shop.api.client.get(f"/api/v2{path}")

    refused(answer, 401, "TOKEN_REFUSED")


@pytest.mark.parametrize("path", ["/attachment-sets/nonsense", "/attachment-sets/nonsense/cover", "/parts/nonsense"])
async def test_what_is_no_id_names_nothing(workshop: Workshop, path: str) -> None:
    assert (await workshop.shop.ask("GET", path)).status_code == 404


async def test_a_full_set_takes_nothing_more(workshop: Workshop) -> None:
    path = await workshop.new_set()
    media_id = await workshop.library(FRONT)
    await workshop.fill(path, 200)

    for body in ({"url": PAGE}, {"mediaId": media_id}):
        await workshop.shop.refused(409, "ATTACHMENT_SET_FULL", "POST", f"{path}/attachments", body)
    answer = await workshop.send(f"{path}/attachments", form(file(file_of(name="two"))))

    refused(answer, 409, "ATTACHMENT_SET_FULL")
    assert len(await workshop.attached(path)) == 200
    assert [str(media.id) for media in await all_media(workshop.shop.api)] == [media_id]
