"""Files on their way into a set: refused, cut short, many at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from domain.assets.failure import FailureCode, MediaRejected
from domain.media.media import MediaStatus
from entrypoints.http import early_answer
from tests.application.media.sending import MIB, all_blobs, all_media, file_of, pieces
from tests.consumers.shop import STRANGER
from tests.consumers.workshop import ATTACHMENT, PAGE, PDF, Workshop, set_path
from tests.entrypoints.http.forms import FORM, field, file, form
from tests.entrypoints.http.problems import refused, violations

JPEG = file_of()
LARGE = file_of(PDF, size=7 * MIB)
"""Flows in parts."""
MANY = 20


@pytest.fixture(autouse=True)
def _soon_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most senders here stay for as long as anybody listens."""
    monkeypatch.setattr(early_answer, "_LINGER", 0.1)


MISTAKES: list[tuple[bytes, set[tuple[str, str]]]] = [
    (form(), {("/file", "MISSING_FIELD")}),
    (form(field("title", "Front")), {("/file", "MISSING_FIELD")}),
    (form(file(b"")), {("/file", "EMPTY")}),
    (form(file(JPEG, filename="")), {("/file", "LENGTH")}),
    (form(file(JPEG, filename="x" * 256)), {("/file", "LENGTH")}),
    (form(field("title", " "), file(JPEG)), {("/title", "LENGTH")}),
    (form(field("title", "x" * 256), file(JPEG, filename="")), {("/title", "LENGTH"), ("/file", "LENGTH")}),
    (form(field("title", "a\nb"), file(JPEG)), {("/title", "CONTROL_CHARACTERS")}),
    (form(field("title", b"\xff"), file(JPEG)), {("/title", "FORMAT")}),
    (form(field("title", "a"), field("title", "b"), file(JPEG)), {("/title", "DUPLICATE_FIELD")}),
    (form(field("kind", "product"), file(JPEG)), {("/kind", "UNKNOWN_FIELD")}),
    (form(file(JPEG), field("title", "Front")), {("/title", "FIELD_AFTER_FILE")}),
    (form(file(JPEG), file(JPEG)), {("/file", "TOO_MANY_FILES")}),
]


@pytest.mark.parametrize(("body", "expected"), MISTAKES)
async def test_a_form_with_mistakes_leaves_nothing(
    workshop: Workshop, body: bytes, expected: set[tuple[str, str]]
) -> None:
    path = await workshop.new_set()

    answer = await workshop.send(f"{path}/attachments", body)

    assert violations(answer) == expected
    assert await workshop.attached(path) == []
    await workshop.assert_nothing_uploaded()


async def test_a_title_that_comes_too_late_is_told_where_it_belongs(workshop: Workshop) -> None:
    path = await workshop.new_set()

    answer = await workshop.send(f"{path}/attachments", form(file(JPEG), field("title", "Front")))

    [error] = answer.json()["errors"]
    assert error["detail"] == "one file a request, after all other fields"


async def test_a_form_that_is_none_is_refused(workshop: Workshop) -> None:
    path = await workshop.new_set()

    refused(await workshop.send(f"{path}/attachments", b"no form"), 400, "MALFORMED_FORM")
    refused(
        await workshop.send(f"{path}/attachments", form(file(JPEG)), content_type="multipart/form-data"),
        400,
        "MALFORMED_FORM",
    )


async def test_without_a_title_it_is_called_by_its_file(workshop: Workshop) -> None:
    path = await workshop.new_set()

    answer = await workshop.send(f"{path}/attachments", form(field("title", ""), file(JPEG, filename="größe.jpg")))

    assert (answer.json()["title"], answer.json()["filename"]) == ("größe.jpg", "größe.jpg")


@pytest.mark.parametrize("mime_type", ["video/mp4", "image/gif", "image/heic", "application/octet-stream"])
async def test_a_file_of_another_type_is_415(workshop: Workshop, mime_type: str) -> None:
    path = await workshop.new_set()

    answer = await workshop.send(f"{path}/attachments", form(file(file_of(mime_type), filename="front.jpg")))

    refused(answer, 415, "MEDIA_TYPE_NOT_ALLOWED")
    await workshop.assert_nothing_uploaded()


@pytest.mark.parametrize(("mime_type", "limit"), [("image/jpeg", MIB), ("image/svg+xml", MIB), (PDF, 8 * MIB)])
async def test_a_file_that_is_too_large_is_413(workshop: Workshop, mime_type: str, limit: int) -> None:
    path = await workshop.new_set()

    answer = await workshop.send(f"{path}/attachments", form(file(file_of(mime_type, size=limit + 1))))

    refused(answer, 413, "MEDIA_TOO_LARGE")
    assert str(limit) in answer.json()["detail"]
    await workshop.assert_nothing_uploaded()
    assert (await workshop.upload(path, file_of(mime_type, size=limit)))["bytes"] == limit


async def test_a_picture_that_cannot_be_opened_is_422(workshop: Workshop) -> None:
    async def refuse(start: bytes) -> None:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "No decoder can open this picture.")

    path = await workshop.new_set()
    workshop.shop.api.probe.before = refuse

    refused(await workshop.send(f"{path}/attachments", form(file(JPEG))), 422, "UNREADABLE_MEDIA")
    await workshop.assert_nothing_uploaded()


async def test_the_same_bytes_twice_are_stored_once(workshop: Workshop) -> None:
    first, second = await workshop.new_set(), await workshop.new_set()

    attached = [await workshop.image(first), await workshop.image(first), await workshop.image(second)]

    media = await all_media(workshop.shop.api)
    assert {str(each.id) for each in media} == {each["mediaId"] for each in attached}
    assert len(media) == 3
    [blob] = await all_blobs(workshop.shop.api)
    assert (blob.holders, list(workshop.shop.api.bucket.objects)) == (3, [blob.key])
    for each in attached:
        assert await workshop.shop.uses(each["mediaId"]) == [(ATTACHMENT, each["attachmentId"])]


async def test_the_same_bytes_in_another_store_are_other_bytes(workshop: Workshop) -> None:
    await workshop.image(await workshop.new_set())
    await workshop.image(await workshop.new_set(who=STRANGER), who=STRANGER)

    assert len(await all_blobs(workshop.shop.api)) == len(workshop.shop.api.bucket.objects) == 2


async def test_an_upload_is_told_to_those_who_count(workshop: Workshop) -> None:
    path = await workshop.new_set()
    await workshop.image(path)
    await workshop.pdf(path)

    telemetry = workshop.shop.api.telemetry
    assert telemetry.of("attachment_created") == ["IMAGE", "PDF"]
    assert telemetry.of("attachment_uploaded") == ["IMAGE", "PDF"]
    assert telemetry.of("cover_changed") == ["automatic"]


# Cut short: neither media nor attachment nor object.


@pytest.mark.parametrize("sent", [0, 100, 5_000, 6 * MIB, len(LARGE)])
async def test_a_client_that_goes_away(workshop: Workshop, sent: int) -> None:
    path = await workshop.new_set()
    body = form(field("title", "Sheet"), file(LARGE))

    exchange = await workshop.flow(path, pieces(body[:sent]), length=len(body), gone=True)

    assert (exchange.status, exchange.json()["code"]) == (400, "BODY_INCOMPLETE")
    assert await workshop.attached(path) == []
    await workshop.assert_nothing_uploaded()
    assert all(blob.holders == 0 for blob in await all_blobs(workshop.shop.api))


async def interrupted(body: bytes, event: Callable[[], Awaitable[object]]) -> AsyncIterator[bytes]:
    """The body, and something that happens when most of it has come."""
    async for piece in pieces(body[: 6 * MIB]):
        yield piece
    await event()
    async for piece in pieces(body[6 * MIB :]):
        yield piece


async def test_a_part_that_goes_while_the_file_flows(workshop: Workshop) -> None:
    part = await workshop.part()
    body = form(file(LARGE))

    async def delete() -> None:
        [media] = await all_media(workshop.shop.api)
        assert media.status is MediaStatus.PENDING
        await workshop.shop.done("DELETE", f"/parts/{part['partId']}")

    exchange = await workshop.flow(set_path(part), interrupted(body, delete), length=len(body))

    assert (exchange.status, exchange.json()["code"]) == (404, "ATTACHMENT_SET_NOT_FOUND")
    await workshop.assert_nothing_uploaded()


async def test_a_set_that_fills_up_while_the_file_flows(workshop: Workshop) -> None:
    path = await workshop.new_set()
    await workshop.fill(path, 199)
    body = form(file(LARGE))

    async def attach() -> None:
        await workshop.attach(path, url=PAGE)

    exchange = await workshop.flow(path, interrupted(body, attach), length=len(body))

    assert (exchange.status, exchange.json()["code"]) == (409, "ATTACHMENT_SET_FULL")
    assert len(await workshop.attached(path)) == 200
    await workshop.assert_nothing_uploaded()


async def test_a_set_that_goes_takes_no_bytes_that_others_hold(workshop: Workshop) -> None:
    kept, part = await workshop.new_set(), await workshop.part()
    held = await workshop.upload(kept, LARGE, filename="sheet.pdf")
    body = form(file(LARGE))

    async def delete() -> None:
        await workshop.shop.done("DELETE", f"/parts/{part['partId']}")

    exchange = await workshop.flow(set_path(part), interrupted(body, delete), length=len(body))

    assert exchange.status == 404
    [media] = await all_media(workshop.shop.api)
    assert str(media.id) == held["mediaId"]
    assert workshop.shop.api.http.send("GET", held["attachmentUrl"]).body == LARGE
    [blob] = await all_blobs(workshop.shop.api)
    assert blob.holders == 1


# Many at once.


async def test_uploads_at_once_leave_one_cover_and_every_attachment(workshop: Workshop) -> None:
    path = await workshop.new_set()

    attached = await asyncio.gather(*(workshop.image(path, f"picture {number}") for number in range(MANY)))

    shown = await workshop.shown(path)
    assert {each["attachmentId"] for each in shown["attachments"]} == {each["attachmentId"] for each in attached}
    assert len(shown["attachments"]) == MANY
    assert shown["coverAttachmentId"] in {each["attachmentId"] for each in attached}
    assert workshop.shop.api.telemetry.of("cover_changed") == ["automatic"]
    assert await workshop.shop.used(ATTACHMENT) == {each["mediaId"] for each in attached}
    assert len(await workshop.shop.ledger()) == len(workshop.shop.api.bucket.objects) == MANY


async def test_the_same_bytes_at_once_are_stored_once(workshop: Workshop) -> None:
    path = await workshop.new_set()

    attached = await asyncio.gather(*(workshop.image(path) for _ in range(MANY)))

    assert len(await workshop.attached(path)) == MANY
    assert len({each["mediaId"] for each in attached}) == len(await workshop.shop.ledger()) == MANY
    [blob] = await all_blobs(workshop.shop.api)
    assert (blob.holders, list(workshop.shop.api.bucket.objects)) == (MANY, [blob.key])


async def test_the_last_places_go_to_as_many_as_there_are(workshop: Workshop) -> None:
    path = await workshop.new_set()
    await workshop.fill(path, 195)

    answers = await asyncio.gather(
        *(
            workshop.send(f"{path}/attachments", form(file(file_of(name=f"picture {number}"))), content_type=FORM)
            for number in range(MANY)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 15
    assert len(await workshop.attached(path)) == 200
    media = await all_media(workshop.shop.api)
    assert {str(each.id) for each in media} == await workshop.shop.used(ATTACHMENT)
    await workshop.collect_blobs()
    assert len(workshop.shop.api.bucket.objects) == 5, "of bytes that came too late nothing is kept"


async def test_deletions_at_once_leave_neither_cover_nor_use(workshop: Workshop) -> None:
    path = await workshop.new_set()
    attached = [(await workshop.image(path, f"picture {number}"))["attachmentId"] for number in range(MANY)]

    answers = await asyncio.gather(
        *(workshop.shop.ask("DELETE", f"{path}/attachments/{attachment_id}") for attachment_id in attached)
    )

    assert {answer.status_code for answer in answers} == {204}
    assert await workshop.attached(path) == []
    assert await workshop.cover(path) is None
    assert await workshop.shop.ledger() == []
    assert all(media.usage_count == 0 for media in await all_media(workshop.shop.api))


async def test_one_attachment_is_deleted_once(workshop: Workshop) -> None:
    path = await workshop.new_set()
    where = f"{path}/attachments/{(await workshop.image(path))['attachmentId']}"

    answers = await asyncio.gather(*(workshop.shop.ask("DELETE", where) for _ in range(MANY)))

    assert sorted(answer.status_code for answer in answers) == [204] + [404] * (MANY - 1)
    assert workshop.shop.api.telemetry.of("attachment_deleted") == [("IMAGE", True)]
