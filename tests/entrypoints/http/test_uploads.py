"""From the announcement to the word that everything is there."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.batches.limits import UploadLimits
from domain.listings.listing import ListingKind, ListingStatus
from tests.application.uploads import document, photo, photos, video
from tests.builders import IDS, build_listing
from tests.entrypoints.http.api import PRINCIPALS, UPLOADS, Api, announcement, open_api
from tests.entrypoints.http.problems import refused, violations

MIB = 1024 * 1024
IN_PARTS = UploadLimits(multipart_above=6 * MIB, part_size=5 * MIB)


async def announce(api: Api, *names: str, reference: str = "shoot") -> dict[str, Any]:
    body = announcement(photos(*names), listing_id=api.listing.id, reference=reference)
    answer = await api.post(UPLOADS, body)
    assert answer.status_code in {200, 201}, answer.text
    return dict(answer.json())


async def put(api: Api, ticket: dict[str, Any], body: bytes) -> str:
    """Follow a ticket as a browser would; answers the ETag."""
    stored = api.http.send(ticket["method"], ticket["uploadUrl"], headers=ticket["headers"], body=body)
    assert stored.status == 200
    return stored.headers["etag"]


def completion(batch: dict[str, Any], etags: dict[str, str], **more: Any) -> dict[str, Any]:
    files = [{"clientId": name, "etag": etag} for name, etag in etags.items()]
    return {"listingId": batch["listingId"], "batchId": batch["batchId"], "files": files, **more}


async def test_an_announcement_is_answered_with_what_an_upload_needs(api: Api) -> None:
    files = [photo("kitchen", sequence=2).saying(title="Kitchen"), photo("bath", sequence=1)]

    answer = await api.post(UPLOADS, announcement(files, listing_id=api.listing.id))

    assert answer.status_code == 201
    body = answer.json()
    assert body["status"] == "PENDING_UPLOAD"
    assert body["batchReference"] == "shoot"
    assert body["listingId"] == str(api.listing.id)
    assert body["expiresAt"] == "2025-05-05T12:30:15.123456Z"
    assert body["uploadExpiresAt"] == "2025-05-04T12:45:15.123456Z"
    ticket = next(ticket for ticket in body["files"] if ticket["clientId"] == "kitchen")
    assert set(ticket) == {
        *("clientId", "assetId", "objectKey", "title", "sequence", "method", "uploadUrl", "headers"),
    }
    assert (ticket["title"], ticket["sequence"], ticket["method"]) == ("Kitchen", 2, "PUT")
    assert set(ticket["headers"]) == {"content-length", "content-type", "x-amz-checksum-sha256"}
    assert ticket["objectKey"].startswith(f"{api.listing.id}/raw/photo/vertical/{body['batchId']}/{ticket['assetId']}-")
    assert await put(api, ticket, files[0].body)


async def test_the_same_announcement_again_answers_the_same_batch_with_fresh_urls(api: Api) -> None:
    first = await announce(api, "one", "two")
    api.clock.advance(timedelta(minutes=5))

    again = await api.post(UPLOADS, announcement(photos("one", "two"), listing_id=api.listing.id))

    assert again.status_code == 200
    body = again.json()
    assert body["batchId"] == first["batchId"]
    assert [file["assetId"] for file in body["files"]] == [file["assetId"] for file in first["files"]]
    assert body["uploadExpiresAt"] > first["uploadExpiresAt"]
    assert body["files"][0]["uploadUrl"] != first["files"][0]["uploadUrl"]


async def test_another_manifest_under_a_live_reference_is_refused(api: Api) -> None:
    await announce(api, "one")

    answer = await api.post(UPLOADS, announcement(photos("other"), listing_id=api.listing.id))

    refused(answer, 409, "BATCH_REFERENCE_TAKEN")


async def test_a_large_file_is_uploaded_in_parts(tmp_path: Path) -> None:
    async with open_api(tmp_path, limits=IN_PARTS) as api:
        film = video(size=12 * MIB)
        batch = (await api.post(UPLOADS, announcement([film], listing_id=api.listing.id))).json()
        [ticket] = batch["files"]

        assert "uploadUrl" not in ticket
        assert "headers" not in ticket
        multipart = ticket["multipart"]
        assert multipart["partSize"] == 5 * MIB
        assert [(part["partNumber"], part["bytes"]) for part in multipart["parts"]] == [
            *((1, 5 * MIB), (2, 5 * MIB), (3, 2 * MIB)),
        ]
        assert multipart["arrived"] == []

        first = multipart["parts"][0]
        etag = await put(api, {"method": "PUT", **first}, film.body[: 5 * MIB])
        fresh = (await api.post(f"{UPLOADS}/urls", {key: batch[key] for key in ("listingId", "batchId")})).json()

        [ticket] = fresh["files"]
        assert ticket["multipart"]["arrived"] == [{"partNumber": 1, "etag": etag.strip('"'), "bytes": 5 * MIB}]
        assert [part["partNumber"] for part in ticket["multipart"]["parts"]] == [2, 3]
        parts = [{"partNumber": 1, "etag": etag}]
        for part in ticket["multipart"]["parts"]:
            start = (part["partNumber"] - 1) * 5 * MIB
            sent = await put(api, {"method": "PUT", **part}, film.body[start : start + part["bytes"]])
            parts.append({"partNumber": part["partNumber"], "etag": sent})
        done = completion(batch, {}) | {"files": [{"clientId": "film", "etag": "", "parts": parts}]}

        assert (await api.post(f"{UPLOADS}/complete", done)).status_code == 202


async def test_fresh_urls_name_what_has_arrived(api: Api) -> None:
    batch = await announce(api, "one", "two")
    await put(api, batch["files"][0], photo("one").body)

    answer = await api.post(f"{UPLOADS}/urls", {"listingId": batch["listingId"], "batchId": batch["batchId"]})

    assert answer.status_code == 200
    assert answer.json()["uploaded"] == ["one"]
    assert [file["clientId"] for file in answer.json()["files"]] == ["two"]


async def test_fresh_urls_for_chosen_files_alone(api: Api) -> None:
    batch = await announce(api, "one", "two")
    chosen = {"listingId": batch["listingId"], "batchId": batch["batchId"], "clientIds": ["two"]}

    answer = await api.post(f"{UPLOADS}/urls", chosen)
    unknown = await api.post(f"{UPLOADS}/urls", chosen | {"clientIds": ["two", "three", "four"]})

    assert [file["clientId"] for file in answer.json()["files"]] == ["two"]
    assert violations(unknown) == {("/clientIds/1", "UNKNOWN_CLIENT_ID"), ("/clientIds/2", "UNKNOWN_CLIENT_ID")}


async def test_when_everything_has_arrived_there_are_no_urls_that_could_expire(api: Api) -> None:
    batch = await announce(api, "one")
    await put(api, batch["files"][0], photo("one").body)

    answer = await api.post(f"{UPLOADS}/urls", {"listingId": batch["listingId"], "batchId": batch["batchId"]})

    assert answer.json()["files"] == []
    assert answer.json()["uploadExpiresAt"] is None


async def test_there_are_no_fresh_urls_once_received(api: Api) -> None:
    batch_id = await api.receive()

    refused(await api.post(f"{UPLOADS}/urls", api.named(batch_id)), 409, "BATCH_ALREADY_RECEIVED")


async def test_there_are_no_fresh_urls_after_a_day(api: Api) -> None:
    batch = await announce(api, "one")
    named = {"listingId": batch["listingId"], "batchId": batch["batchId"]}
    api.clock.advance(timedelta(hours=24))

    refused(await api.post(f"{UPLOADS}/urls", named), 410, "UPLOAD_EXPIRED")
    refused(await api.post(f"{UPLOADS}/complete", named | {"files": []}), 410, "UPLOAD_EXPIRED")


async def test_completing_begins_the_work_and_may_be_repeated(api: Api) -> None:
    batch = await announce(api, "one")
    body = completion(batch, {"one": await put(api, batch["files"][0], photo("one").body)})

    first = await api.post(f"{UPLOADS}/complete", body)
    await api.work()
    again = await api.post(f"{UPLOADS}/complete", body)

    assert first.status_code == again.status_code == 202
    assert set(first.json()) == {"jobId", "status", "estimatedDurationSeconds"}
    assert first.json()["status"] == "RECEIVED"
    assert first.json()["estimatedDurationSeconds"] >= 1
    assert again.json() == first.json()


async def test_every_file_that_is_missing_is_named(api: Api) -> None:
    batch = await announce(api, "one", "two", "three")
    etag = await put(api, batch["files"][1], photo("two").body)

    answer = await api.post(f"{UPLOADS}/complete", completion(batch, {"three": "?", "two": etag}))

    problem = refused(answer, 409, "UPLOADS_INCOMPLETE")
    assert {(error["pointer"], error["code"]) for error in problem["errors"]} == {
        ("/files", "NOT_UPLOADED"),
        ("/files/0", "NOT_UPLOADED"),
    }
    assert {name for name in ("one", "two", "three") if f"'{name}'" in str(problem["errors"])} == {"one", "three"}


async def test_what_is_missing_may_be_left_out(api: Api) -> None:
    batch = await announce(api, "one", "two")
    etag = await put(api, batch["files"][0], photo("one").body)

    answer = await api.post(f"{UPLOADS}/complete", completion(batch, {"one": etag}, dropMissing=True))

    assert answer.status_code == 202


async def test_every_file_that_differs_from_its_announcement_is_named(api: Api) -> None:
    batch = await announce(api, "one", "two")
    await put(api, batch["files"][0], photo("one").body)
    await put(api, batch["files"][1], photo("two").body)

    answer = await api.post(f"{UPLOADS}/complete", completion(batch, {"two": "no", "one": "neither"}))

    assert violations(answer, 409, "UPLOAD_MISMATCH") == {("/files/0", "ETAG_MISMATCH"), ("/files/1", "ETAG_MISMATCH")}


async def test_a_listing_that_awaits_nothing_takes_nothing(api: Api) -> None:
    published = await api.open_listing(build_listing(status=ListingStatus.PUBLISHED))

    answer = await api.post(UPLOADS, announcement(photos("one"), listing_id=published.id))

    refused(answer, 409, "LISTING_NOT_AWAITING_MEDIA")


async def test_documents_come_from_the_owner_of_a_development(api: Api) -> None:
    development = await api.open_listing(build_listing(kind=ListingKind.DEVELOPMENT, status=ListingStatus.DRAFT))
    body = announcement([document()], listing_id=development.id)

    assert (await api.post(UPLOADS, body, who=PRINCIPALS["owner"])).status_code == 201
    refused(await api.post(UPLOADS, body), 403, "NOT_PERMITTED")


@pytest.mark.parametrize("path", ["urls", "complete", "status", "retry"])
async def test_what_does_not_exist_is_not_found(api: Api, path: str) -> None:
    more = {"files": []} if path == "complete" else {}
    nowhere = {"listingId": str(IDS.new()), "batchId": str(IDS.new()), **more}

    refused(await api.post(f"{UPLOADS}/{path}", nowhere), 404, "LISTING_NOT_FOUND")
    here = nowhere | {"listingId": str(api.listing.id)}
    refused(await api.post(f"{UPLOADS}/{path}", here), 404, "BATCH_NOT_FOUND")


async def test_an_announcement_for_a_listing_that_does_not_exist_is_not_found(api: Api) -> None:
    refused(await api.post(UPLOADS, announcement(photos("one"), listing_id=IDS.new())), 404, "LISTING_NOT_FOUND")
