"""Media over HTTP: through us, and past us into the store."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from application.ports.storage import SignedUpload
from domain.assets.failure import FailureCode, MediaRejected
from domain.ids import MediaId
from domain.media.media import MediaStatus
from domain.principal import Principal
from tests.application.media.sending import MIB, all_media, checksum_of_bytes, file_of
from tests.builders import IDS, PHOTOGRAPHER, STORE
from tests.entrypoints.http.api import MEDIA, PHOTOGRAPHER_PRINCIPAL, PRINCIPALS, Api
from tests.entrypoints.http.forms import BOUNDARY, FORM, field, file, form, part, product
from tests.entrypoints.http.problems import refused

JPEG = file_of()
UPLOAD, PRESIGN = f"{MEDIA}/upload", f"{MEDIA}/presign"


async def send(api: Api, body: bytes, *, content_type: str = FORM) -> httpx.Response:
    headers = {**api.headers(), "content-type": content_type}
    return await api.client.post(UPLOAD, content=body, headers=headers)


async def is_empty(api: Api) -> bool:
    return not await all_media(api) and not api.bucket.objects and not api.bucket.uploads


def violations(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


# Through us.


async def test_a_file_with_its_words_becomes_a_media(api: Api) -> None:
    answer = await send(api, product(JPEG, folder="spring", altText="A bottle", description="Green.\nWith a cork."))

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert MediaId(UUID(body.pop("mediaId"))) in {media.id for media in await all_media(api)}
    assert body == {
        "kind": "product",
        "status": "UPLOADED",
        "mediaType": "image",
        "mimeType": "image/jpeg",
        "originalName": "bottle.jpg",
        "bytes": len(JPEG),
        "checksum": str(checksum_of_bytes(JPEG)),
        "folder": "spring",
        "altText": "A bottle",
        "description": "Green.\nWith a cork.",
        "uploadedBy": str(PHOTOGRAPHER),
        "usageCount": 0,
        "metadata": {"width": 40, "height": 30, "codec": "jpeg"},
        "createdAt": "2025-05-04T12:30:15.123456Z",
        "updatedAt": "2025-05-04T12:30:15.123456Z",
    }
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [stored.data for stored in api.bucket.objects.values()] == [JPEG]


async def test_the_kind_and_the_file_are_enough(api: Api) -> None:
    answer = await send(api, product(JPEG))

    assert answer.status_code == 201
    assert (answer.json()["folder"], answer.json()["altText"], answer.json()["description"]) == ("general", None, None)


async def test_what_nobody_has_filled_in_is_left_out(api: Api) -> None:
    answer = await send(api, product(JPEG, folder="", altText="", description=""))

    assert answer.status_code == 201
    assert (answer.json()["folder"], answer.json()["altText"], answer.json()["description"]) == ("general", None, None)


async def test_a_form_as_a_library_writes_it_is_taken(api: Api) -> None:
    large = file_of("video/mp4", size=6 * MIB)
    answer = await api.client.post(
        UPLOAD, data={"kind": "ads"}, files={"file": ("größe.mp4", large, "video/mp4")}, headers=api.headers()
    )

    assert answer.status_code == 201, answer.text
    assert (answer.json()["originalName"], answer.json()["bytes"]) == ("größe.mp4", len(large))


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
@pytest.mark.parametrize("is_known", [True, False])
async def test_pieces_may_be_of_any_size(api: Api, size: int, is_known: bool) -> None:
    content = b"\r\n--" + f"\r\n--{BOUNDARY}"[:-1].encode() + b"\r\n\r\n" + JPEG
    whole = form(field("kind", "other"), file(content))
    headers = {**api.headers(), "content-type": FORM}
    if is_known:
        headers["content-length"] = str(len(whole))

    async def pieces() -> Any:
        for start in range(0, len(whole), size):
            yield whole[start : start + size]

    answer = await api.client.post(UPLOAD, content=pieces(), headers=headers)

    assert answer.status_code == 201, answer.text
    assert [stored.data for stored in api.bucket.objects.values()] == [content]


@pytest.mark.parametrize("end", ["--\r\n", "--", "--\r\nepilogue, which nobody reads\r\n"])
async def test_what_surrounds_the_parts_is_nothing(api: Api, end: str) -> None:
    body = b"preamble\r\n" + form(field("kind", "product"), file(JPEG), end=f"--{BOUNDARY}{end}".encode())

    assert (await send(api, body)).status_code == 201


MISTAKES: list[tuple[bytes, list[tuple[str, str]]]] = [
    (form(), [("/file", "MISSING_FIELD"), ("/kind", "MISSING_FIELD")]),
    (form(field("kind", "product")), [("/file", "MISSING_FIELD")]),
    (form(file(JPEG), field("kind", "product")), [("/kind", "MISSING_FIELD")]),
    (form(field("kind", ""), file(JPEG)), [("/kind", "MISSING_FIELD")]),
    (form(field("kind", "banner"), file(JPEG)), [("/kind", "UNKNOWN_KIND")]),
    (
        form(field("kind", "product"), field("kind", "ads"), file(JPEG)),
        [("/kind", "DUPLICATE_FIELD")],
    ),
    (form(field("kind", "product"), field("alt/text", "x"), file(JPEG)), [("/alt~1text", "UNKNOWN_FIELD")]),
    (form(field("kind", b"\xff"), file(JPEG)), [("/kind", "FORMAT")]),
    (form(field("kind", "product"), field("folder", " "), file(JPEG)), [("/folder", "LENGTH")]),
    (form(field("kind", "product"), field("checksum", "x"), file(JPEG)), [("/checksum", "CHECKSUM_FORMAT")]),
    (form(field("kind", "product"), field("altText", "x" * 501), file(JPEG)), [("/altText", "LENGTH")]),
    (form(field("kind", "product"), field("description", "x" * 70_000), file(JPEG)), [("/description", "LENGTH")]),
    (form(field("kind", "product"), file(JPEG, filename="")), [("/file", "LENGTH")]),
    (form(field("kind", "product"), field("file", JPEG)), [("/file", "LENGTH")]),
    (form(field("kind", "x"), file(bytes(70_000), name="a")), [("/a", "UNKNOWN_FIELD")]),
    (form(field("b", "x"), file(bytes(70_000), name="a")), [("/b", "UNKNOWN_FIELD"), ("/a", "UNKNOWN_FIELD")]),
    (form(field("kind", "product"), file(b"")), [("/file", "EMPTY")]),
    (form(field("kind", "product"), file(JPEG), file(JPEG)), [("/file", "TOO_MANY_FILES")]),
    (form(field("kind", "product"), file(JPEG), file(JPEG, name="other")), [("/other", "TOO_MANY_FILES")]),
    (form(field("kind", "product"), file(JPEG), field("altText", "x")), [("/altText", "FIELD_AFTER_FILE")]),
    (
        form(field("kind", "x"), field("y", "z"), field("folder", " "), field("altText", "x" * 501)),
        [
            ("/y", "UNKNOWN_FIELD"),
            ("/file", "MISSING_FIELD"),
            ("/kind", "UNKNOWN_KIND"),
            ("/folder", "LENGTH"),
            ("/altText", "LENGTH"),
        ],
    ),
]


@pytest.mark.parametrize(("body", "expected"), MISTAKES)
async def test_a_form_with_mistakes_is_told_all_of_them(api: Api, body: bytes, expected: list[tuple[str, str]]) -> None:
    answer = await send(api, body)

    refused(answer, 422, "VALIDATION_FAILED")
    assert violations(answer) == expected
    assert await is_empty(api)


@pytest.mark.parametrize(
    "disposition",
    [
        'form-data; name="file"',
        'form-data; name="file"; filename=""',
        "form-data; name=\"file\"; filename*=UTF-8''bottle.jpg",
        f'form-data; name="file"; filename="{"x" * 256}"',
    ],
)
async def test_a_file_needs_a_name_and_is_told_where(api: Api, disposition: str) -> None:
    answer = await send(api, form(field("kind", "product"), part(disposition, JPEG)))

    (error,) = refused(answer, 422, "VALIDATION_FAILED")["errors"]
    assert (error["pointer"], error["code"]) == ("/file", "LENGTH")
    assert error["detail"].startswith("the name of the file, `filename` of its part: 1 to 255 characters")


async def test_a_file_in_another_field_is_told_which_is_its_own(api: Api) -> None:
    answer = await send(api, form(field("kind", "product"), file(bytes(70_000), name="picture")))

    (error,) = refused(answer, 422, "VALIDATION_FAILED")["errors"]
    assert (error["pointer"], error["code"]) == ("/picture", "UNKNOWN_FIELD")
    assert error["detail"].endswith("the file itself is `file`")


MALFORMED = [
    b"",
    b"no form at all",
    b"x" * 100_000,
    form(end=b""),
    form(field("kind", "product"), file(JPEG), end=b""),
    form(field("kind", "product"), file(JPEG))[:-6],
    f"--{BOUNDARY}\r\n\r\n\r\n--{BOUNDARY}--".encode(),
    f"--{BOUNDARY}\r\ncontent-disposition: attachment\r\n\r\n\r\n--{BOUNDARY}--".encode(),
    f"--{BOUNDARY}\ncontent-disposition: form-data; name=kind\n\nproduct\n--{BOUNDARY}--".encode(),
    form(part('form-data; name="kind"', b"product", "x-" + "a" * 5_000 + ": b\r\n"), file(JPEG)),
    form(part('form-data; name="kind"', b"product", "x: y\r\n" * 100), file(JPEG)),
    form(*[field("x", "y")] * 100),
]


async def test_what_is_no_form_is_refused(api: Api) -> None:
    for body in MALFORMED:
        refused(await send(api, body), 400, "MALFORMED_FORM")
        assert await is_empty(api)


@pytest.mark.parametrize("content_type", ["application/json", "", "multipart/mixed; boundary=x", "image/jpeg"])
async def test_another_content_type_is_refused(api: Api, content_type: str) -> None:
    refused(await send(api, product(JPEG), content_type=content_type), 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "boundary", ["", "; boundary=", '; boundary=""', f"; boundary={'x' * 71}", '; boundary="a\tb"']
)
async def test_a_boundary_that_is_none_is_refused(api: Api, boundary: str) -> None:
    answer = await send(api, product(JPEG), content_type=f"multipart/form-data{boundary}")
    refused(answer, 400, "MALFORMED_FORM")


@pytest.mark.parametrize(("kind", "mime_type"), [("product", "application/pdf"), ("pdf", "image/jpeg")])
async def test_a_type_that_the_kind_does_not_take_is_415(api: Api, kind: str, mime_type: str) -> None:
    answer = await send(api, product(file_of(mime_type), kind=kind))

    refused(answer, 415, "MEDIA_TYPE_NOT_ALLOWED")
    assert mime_type in answer.json()["detail"]
    assert await is_empty(api)


async def test_what_the_sender_calls_its_type_counts_for_nothing(api: Api) -> None:
    disguised = part(
        'form-data; name="file"; filename="a.jpg"', file_of("application/pdf"), "content-type: image/jpeg\r\n"
    )
    refused(await send(api, form(field("kind", "product"), disguised)), 415, "MEDIA_TYPE_NOT_ALLOWED")


async def test_too_large_is_413(api: Api) -> None:
    answer = await send(api, product(file_of(size=20 * MIB + 1)))

    refused(answer, 413, "MEDIA_TOO_LARGE")
    assert str(20 * MIB) in answer.json()["detail"]
    assert await is_empty(api)


async def test_as_large_as_may_be_is_taken(api: Api) -> None:
    assert (await send(api, product(file_of(size=20 * MIB)))).status_code == 201


async def test_a_picture_that_cannot_be_opened_is_422(api: Api) -> None:
    async def refuse(start: bytes) -> None:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "No decoder can open this picture.")

    api.probe.before = refuse
    answer = await send(api, product(JPEG))

    refused(answer, 422, "UNREADABLE_MEDIA")
    assert answer.json()["detail"] == "No decoder can open this picture."
    assert await is_empty(api)


async def test_errors_tell_why_a_picture_cannot_be_opened_as_its_media_does(api: Api) -> None:
    async def refuse(start: bytes) -> None:
        raise MediaRejected(FailureCode.PIXEL_LIMIT_EXCEEDED, "It has 200,010,000 pixels.")

    media_id = await presigned(api)
    api.probe.before = refuse
    for answer in (await send(api, product(JPEG)), await complete(api, media_id)):
        refused(answer, 422, "UNREADABLE_MEDIA")
        assert violations(answer) == [("/file", "PIXEL_LIMIT_EXCEEDED")]
    shown = await api.client.get(f"{MEDIA}/{media_id}", headers=api.headers())
    assert shown.json()["error"]["code"] == "PIXEL_LIMIT_EXCEEDED"


async def test_bytes_that_are_not_those_that_were_named_are_409(api: Api) -> None:
    named = await send(api, product(JPEG, checksum=str(checksum_of_bytes(JPEG))))
    others = await send(api, product(file_of(name="two"), checksum=str(checksum_of_bytes(JPEG))))

    assert named.status_code == 201
    refused(others, 409, "MEDIA_MISMATCH")
    assert violations(others) == [("/checksum", "CHECKSUM_MISMATCH")]
    assert len(await all_media(api)) == 1


# Past us.


def announcement(body: bytes = JPEG, **changes: Any) -> dict[str, Any]:
    return {
        "filename": "bottle.jpg",
        "fileType": "image/jpeg",
        "bytes": len(body),
        "checksum": str(checksum_of_bytes(body)),
        "kind": "product",
    } | changes


async def presigned(api: Api, body: bytes = JPEG, **changes: Any) -> str:
    """The id of a media whose bytes the store has taken."""
    ticket = (await api.post(PRESIGN, announcement(body, **changes))).json()
    upload = SignedUpload(url=ticket["uploadUrl"], headers=ticket["headers"])
    assert api.http.put(upload, body).status == 200
    return str(ticket["mediaId"])


async def complete(api: Api, media_id: object, who: Principal = PHOTOGRAPHER_PRINCIPAL) -> httpx.Response:
    return await api.client.post(f"{MEDIA}/{media_id}/complete", headers=api.headers(who))


async def test_a_signed_url_takes_the_announced_bytes(api: Api) -> None:
    answer = await api.post(PRESIGN, announcement(folder="spring"))

    assert answer.status_code == 201
    ticket = answer.json()
    assert set(ticket) == {"mediaId", "uploadUrl", "method", "headers", "key", "expiresAt"}
    assert (ticket["method"], ticket["key"]) == ("PUT", f"staging/{STORE}/{ticket['mediaId']}")
    assert ticket["expiresAt"] == "2025-05-04T12:45:15.123456Z"
    assert set(ticket["headers"]) == {"content-length", "content-type", "x-amz-checksum-sha256"}
    upload = SignedUpload(url=ticket["uploadUrl"], headers=ticket["headers"])
    assert api.http.put(upload, JPEG + b"!").status == 400
    assert api.http.put(upload, JPEG).status == 200


async def test_complete_answers_the_media_again_and_again(api: Api) -> None:
    media_id = await presigned(api)

    once, again = await complete(api, media_id), await complete(api, media_id)

    assert once.status_code == again.status_code == 200
    assert once.json() == again.json()
    assert (once.json()["mediaId"], once.json()["status"]) == (media_id, "UPLOADED")
    await api.work()
    assert (await complete(api, media_id)).json()["status"] == "READY"


async def test_what_was_made_is_found_and_changed_without_another_look(api: Api) -> None:
    direct = await send(api, product(JPEG))
    announced = await api.post(PRESIGN, announcement(file_of(name="another")))

    for made in (direct, announced):
        assert made.headers["location"] == f"{MEDIA}/{made.json()['mediaId']}"
        found = await api.client.get(made.headers["location"], headers=api.headers())
        assert (found.status_code, found.headers["etag"]) == (200, made.headers["etag"])
        headers = api.headers() | {"if-match": made.headers["etag"]}
        changed = await api.client.patch(made.headers["location"], json={"altText": "A bottle"}, headers=headers)
        assert changed.status_code == 200, changed.text


async def test_complete_needs_the_bytes(api: Api) -> None:
    media_id = (await api.post(PRESIGN, announcement())).json()["mediaId"]

    refused(await complete(api, media_id), 409, "MEDIA_NOT_ARRIVED")


async def test_complete_wants_what_was_announced(api: Api) -> None:
    media_id = await presigned(api, file_of("application/pdf"))

    answer = await complete(api, media_id)

    problem = refused(answer, 409, "MEDIA_MISMATCH")
    assert violations(answer) == [("/fileType", "CONTENT_TYPE_MISMATCH")]
    assert [media.status for media in await all_media(api)] == [MediaStatus.FAILED]
    again = refused(await complete(api, media_id), 409, "MEDIA_MISMATCH")
    assert again | {"instance": problem["instance"]} == problem


async def test_complete_opens_pictures(api: Api) -> None:
    async def refuse(start: bytes) -> None:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "No decoder can open this picture.")

    media_id = await presigned(api)
    api.probe.before = refuse

    for _ in range(2):
        refused(await complete(api, media_id), 422, "UNREADABLE_MEDIA")


async def test_what_is_not_there_cannot_be_completed(api: Api) -> None:
    refused(await complete(api, IDS.new()), 404, "MEDIA_NOT_FOUND")
    assert (await complete(api, "nonsense")).status_code == 404


@pytest.mark.parametrize("who", PRINCIPALS)
async def test_its_uploader_and_those_who_run_the_store_complete_it(api: Api, who: str) -> None:
    media_id = await presigned(api)

    answer = await complete(api, media_id, PRINCIPALS[who])

    if who in {"photographer", "owner", "other owner", "admin", "service"}:
        assert answer.status_code == 200
    else:
        refused(answer, 403, "NOT_PERMITTED")


@pytest.mark.parametrize("who", PRINCIPALS)
async def test_everybody_of_a_store_brings_media(api: Api, who: str) -> None:
    headers = api.headers(PRINCIPALS[who])

    direct = await api.client.post(UPLOAD, content=product(JPEG), headers={**headers, "content-type": FORM})
    announced = await api.client.post(PRESIGN, json=announcement(), headers=headers)

    assert (direct.status_code, announced.status_code) == (201, 201)
    assert {media.user_id for media in await all_media(api)} == {PRINCIPALS[who].user_id}


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"filename": ""}, "/filename", "LENGTH"),
    ({"filename": 3}, "/filename", "WRONG_TYPE"),
    ({"fileType": "application/pdf"}, "/fileType", "MEDIA_TYPE_NOT_ALLOWED"),
    ({"bytes": 0}, "/bytes", "RANGE"),
    ({"bytes": "7"}, "/bytes", "WRONG_TYPE"),
    ({"bytes": 2**63}, "/bytes", "RANGE"),
    ({"bytes": 20 * MIB + 1}, "/bytes", "MEDIA_TOO_LARGE"),
    ({"checksum": "x"}, "/checksum", "CHECKSUM_FORMAT"),
    ({"kind": "banner"}, "/kind", "UNKNOWN_KIND"),
    ({"kind": None}, "/kind", "WRONG_TYPE"),
    ({"folder": ""}, "/folder", "LENGTH"),
    ({"owner": "me"}, "/owner", "UNKNOWN_FIELD"),
]


async def test_an_announcement_that_breaks_a_rule_is_refused(api: Api) -> None:
    for changes, pointer, code in BROKEN:
        answer = await api.post(PRESIGN, announcement(**changes))

        refused(answer, 422, "VALIDATION_FAILED")
        assert violations(answer) == [(pointer, code)]
        assert not await all_media(api)


async def test_all_that_is_wrong_with_an_announcement_is_told_at_once(api: Api) -> None:
    body = {"filename": " ", "fileType": 1, "bytes": -1, "kind": "x", "folder": "", "more": 1}

    answer = await api.post(PRESIGN, body)

    assert sorted(violations(answer)) == [
        ("/bytes", "RANGE"),
        ("/checksum", "MISSING_FIELD"),
        ("/fileType", "WRONG_TYPE"),
        ("/filename", "LENGTH"),
        ("/folder", "LENGTH"),
        ("/kind", "UNKNOWN_KIND"),
        ("/more", "UNKNOWN_FIELD"),
    ]
