"""Every violation is told, at its place, in the names that the request itself uses."""

import json
from typing import Any

import pytest

from entrypoints.http import early_answer
from tests.application.uploads import photo, photos
from tests.builders import IDS
from tests.entrypoints.http.api import DOWNLOADS, UPLOADS, Api, announced, announcement
from tests.entrypoints.http.problems import refused, violations


def file(**changes: Any) -> dict[str, Any]:
    """An announced file; a change to None leaves the field out."""
    told = announced(photo()) | changes
    return {name: value for name, value in told.items() if value is not None}


async def announce(api: Api, files: Any, **changes: Any) -> Any:
    body = {"listingId": str(api.listing.id), "batchReference": "shoot", "files": files} | changes
    return await api.post(UPLOADS, body)


async def raw(api: Api, body: bytes, path: str = UPLOADS) -> Any:
    return await api.client.post(path, content=body, headers=api.headers() | {"content-type": "application/json"})


async def test_missing_unknown_and_mistyped_fields_are_told_together(api: Api) -> None:
    answer = await api.post(UPLOADS, {"batchReference": 5, "files": [{"clientId": None, "a/b~c": 1}, "x"], "batch": {}})

    assert violations(answer) == {
        ("/listingId", "MISSING_FIELD"),
        ("/batchReference", "WRONG_TYPE"),
        ("/batch", "UNKNOWN_FIELD"),
        ("/files/0/clientId", "WRONG_TYPE"),
        ("/files/0/mediaType", "MISSING_FIELD"),
        ("/files/0/filename", "MISSING_FIELD"),
        ("/files/0/contentType", "MISSING_FIELD"),
        ("/files/0/bytes", "MISSING_FIELD"),
        ("/files/0/checksum", "MISSING_FIELD"),
        ("/files/0/sequence", "MISSING_FIELD"),
        ("/files/0/a~1b~0c", "UNKNOWN_FIELD"),
        ("/files/1", "WRONG_TYPE"),
    }


async def test_broken_rules_are_told_together(api: Api) -> None:
    files = [
        file(clientId="", checksum="short", bytes=0, sequence=0),
        file(mediaType="THUMBNAIL"),
        file(clientId="a", contentType="video/mp4", orientation="HORIZONTAL", sequence=3),
        file(clientId="b", orientation="UPSIDE_DOWN", bytes=2**40, sequence=3, filename="x" * 256),
    ]

    assert violations(await announce(api, files, batchReference="x" * 121)) == {
        ("/batchReference", "LENGTH"),
        ("/files", "BATCH_TOO_LARGE"),
        ("/files/0/clientId", "LENGTH"),
        ("/files/0/checksum", "CHECKSUM_FORMAT"),
        ("/files/0/bytes", "RANGE"),
        ("/files/0/sequence", "RANGE"),
        ("/files/1/mediaType", "UNKNOWN_MEDIA_TYPE"),
        ("/files/2/contentType", "CONTENT_TYPE_NOT_ALLOWED"),
        ("/files/2/orientation", "ORIENTATION_MISMATCH"),
        ("/files/2/sequence", "DUPLICATE_SEQUENCE"),
        ("/files/3/orientation", "UNKNOWN_ORIENTATION"),
        ("/files/3/bytes", "FILE_TOO_LARGE"),
        ("/files/3/sequence", "DUPLICATE_SEQUENCE"),
        ("/files/3/filename", "LENGTH"),
    }


async def test_broken_rules_are_told_beside_a_broken_structure(api: Api) -> None:
    files = [
        file(clientId="same", sequence=1),
        file(bytes="many", sequence=0),
        5,
        file(clientId="same", sequence=2, checksum="short", orientation=None),
    ]

    assert violations(await announce(api, files, batchReference="", listingId="nowhere")) == {
        ("/listingId", "FORMAT"),
        ("/batchReference", "LENGTH"),
        ("/files/0/clientId", "DUPLICATE_CLIENT_ID"),
        ("/files/1/bytes", "WRONG_TYPE"),
        ("/files/1/sequence", "RANGE"),
        ("/files/2", "WRONG_TYPE"),
        ("/files/3/clientId", "DUPLICATE_CLIENT_ID"),
        ("/files/3/checksum", "CHECKSUM_FORMAT"),
    }


@pytest.mark.parametrize("files", [[], photos(*map(str, range(201)))])
async def test_a_batch_has_1_to_200_files(api: Api, files: Any) -> None:
    sound = await announce(api, [announced(one) for one in files])
    broken = await announce(api, [announced(one) for one in files], listingId=None)

    assert violations(sound) == {("/files", "COUNT")}
    assert violations(broken) == {("/files", "COUNT"), ("/listingId", "WRONG_TYPE")}


async def test_200_files_are_taken(api: Api) -> None:
    assert (await announce(api, [announced(one) for one in photos(*map(str, range(200)))])).status_code == 201


async def test_a_list_longer_than_any_is_not_looked_into(api: Api) -> None:
    assert violations(await announce(api, [{}] * 100_000)) == {("/files", "COUNT")}


async def test_an_answer_does_not_grow_without_end(api: Api) -> None:
    answer = await api.post(UPLOADS, {f"f{number}": 0 for number in range(20_000)})

    assert len(violations(answer)) == 5_000
    assert "first 5000" in answer.json()["detail"]


@pytest.mark.parametrize(
    "changes",
    [
        {"bytes": 2**63},
        {"bytes": -(2**63) - 1},
        {"bytes": 10**400},
        {"bytes": 10**4300 - 1},
        {"bytes": 1.5},
        {"bytes": 1e300},
        {"bytes": True},
        {"bytes": "1"},
        {"sequence": 2**31},
        {"sequence": 10**400},
        {"sequence": -(10**400)},
        {"sequence": []},
    ],
)
async def test_numbers_out_of_range_are_refused(api: Api, changes: dict[str, Any]) -> None:
    [name] = changes

    assert {pointer for pointer, _ in violations(await announce(api, [file(**changes)]))} >= {f"/files/0/{name}"}


@pytest.mark.parametrize(
    "name", ["clientId", "filename", "contentType", "checksum", "title", "mediaType", "orientation"]
)
async def test_nul_characters_are_refused(api: Api, name: str) -> None:
    answer = await announce(api, [file(**{name: "a\0b"})])

    assert (f"/files/0/{name}", "NUL_CHARACTER") in violations(answer)


async def test_a_backslash_before_u0000_is_no_nul_character(api: Api) -> None:
    assert (await announce(api, [file(title="a\\u0000b")])).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"{'listingId': 1}",
        b'{"listingId": NaN}',
        b'{"listingId": Infinity}',
        b'{"listingId": 1,}',
        b'{"listingId": 1} {}',
        b'{"listingId": "\xff"}',
        b'{"\xff": 1}',
        b'{"listingId": "\\ud800"}',
        b'{"listingId": "\\udc00\\ud800"}',
        b'{"listingId": "\xed\xa0\x80"}',
        b'{"listingId": "\x00"}',
        b"\xef\xbb\xbf{}",
        '{"listingId": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"listingId":' * 100_000,
        b'{"unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
async def test_what_is_no_json_is_malformed(api: Api, body: bytes) -> None:
    refused(await raw(api, body), 400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    ("body", "place"),
    [(b'{"listingId": "\xff"}', 15), (b'{"x": [1, "caf\xc3\xa9 \xe9"]}', 17), (b'{"x": "\xc3', 7)],
)
async def test_where_a_body_ceases_to_be_utf_8_is_told(api: Api, body: bytes, place: int) -> None:
    problem = refused(await raw(api, body), 400, "MALFORMED_JSON")

    assert problem["detail"].startswith("the body is not UTF-8: ")
    assert problem["detail"].endswith(f"(byte {place})")


@pytest.mark.parametrize("body", [b"null", b"5", b'"text"', b"[]", b"true", b"-0.0", b"1e400"])
async def test_what_is_no_object_is_of_the_wrong_type(api: Api, body: bytes) -> None:
    assert violations(await raw(api, body)) == {("", "WRONG_TYPE")}


@pytest.mark.parametrize("digits", [b"1" * 5_000, b"-" + b"9" * 100_000])
async def test_a_number_of_thousands_of_digits_is_refused(api: Api, digits: bytes) -> None:
    assert violations(await raw(api, b'{"listingId": ' + digits + b"}")) == {("", "RANGE")}


async def test_of_a_name_that_is_there_twice_the_last_counts(api: Api) -> None:
    known, body = str(api.listing.id), '{"listingId": "%s", "listingId": "%s"}'

    taken = await raw(api, (body % (IDS.new(), known)).encode(), DOWNLOADS)
    unclear = await raw(api, (body % ("nonsense", known)).encode(), DOWNLOADS)

    assert taken.status_code == 204
    assert violations(unclear) == {("", "AMBIGUOUS")}


async def test_a_body_that_is_too_large_is_not_read(api: Api) -> None:
    body = json.dumps(announcement(photos("one"), listing_id=api.listing.id)).encode() + b" " * (2 << 20)

    problem = refused(await raw(api, body), 413, "REQUEST_ENTITY_TOO_LARGE")
    assert problem["detail"] == f"a body may have {2 << 20} bytes at most"


async def test_a_body_that_turns_out_too_large_is_not_read_to_its_end(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_answer, "_LINGER", 0)
    read = 0

    async def endless() -> Any:
        nonlocal read
        while True:
            read += 1
            yield b" " * 65_536

    answer = await api.client.post(UPLOADS, content=endless(), headers=api.headers())

    refused(answer, 413, "REQUEST_ENTITY_TOO_LARGE")
    assert read < 40


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "json", ""])
async def test_only_json_is_taken(api: Api, media_type: str) -> None:
    answer = await api.client.post(UPLOADS, content=b"{}", headers=api.headers() | {"content-type": media_type})

    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON", None])
async def test_json_goes_by_several_names(api: Api, media_type: str | None) -> None:
    headers = api.headers() | ({"content-type": media_type} if media_type else {})

    assert violations(await api.client.post(UPLOADS, content=b"{}", headers=headers))
