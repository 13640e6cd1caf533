"""What has become of a batch, and what can be done about it."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.assets.failure import FailureCode, MediaRejected
from domain.ids import BatchId
from tests.application.batches.told import created
from tests.application.uploads import photos, video
from tests.builders import IDS, NOW
from tests.entrypoints.http.api import DOWNLOADS, UPLOADS, Api
from tests.entrypoints.http.problems import refused, violations

CURSOR = "AQGXofA8AHAAgAAAAAAAAAI"


async def spoil(body: bytes) -> None:
    """The processor finds the file `two` unreadable."""
    if body.endswith(b"two"):
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "it ends in the middle")


async def failed_batch(api: Api) -> BatchId:
    """`one` is processed, `two` is not."""
    api.processor.before = spoil
    return await api.processed(photos("one", "two"))


async def test_the_status_of_a_batch_that_awaits_its_files(api: Api) -> None:
    opened = await api.announce(photos("one"))

    answer = await api.post(f"{UPLOADS}/status", api.named(opened.batch.id))

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"batch", "processing", "assets", "availableDownloads"}
    assert body["batch"]["status"] == "PENDING_UPLOAD"
    assert body["batch"]["batchReference"] == "shoot"
    assert body["processing"] is None
    assert body["availableDownloads"] == []
    assert [(asset["clientId"], asset["status"]) for asset in body["assets"]] == [("one", "PENDING_UPLOAD")]


async def test_an_upload_is_seen_to_arrive(api: Api) -> None:
    opened = await api.announce(photos("one", "two"))
    [asset, _] = await api.assets(opened.batch.id)
    await api.note_arrival(created(asset.key, at=NOW - timedelta(seconds=1)))

    [one, two] = (await api.post(f"{UPLOADS}/status", api.named(opened.batch.id))).json()["assets"]

    assert (one["arrivedAt"], one["status"]) == ("2025-05-04T12:30:14.123456Z", "PENDING_UPLOAD")
    assert "arrivedAt" not in two


async def test_the_status_of_a_batch_with_a_file_that_failed(api: Api) -> None:
    batch_id = await failed_batch(api)

    body = (await api.post(f"{UPLOADS}/status", api.named(batch_id))).json()

    assert body["batch"]["status"] == "FAILED"
    assert body["batch"]["failureCode"] == "UNREADABLE_MEDIA"
    assert body["batch"]["settledAt"]
    assert body["processing"]["status"] == "PARTIAL_SUCCESS"
    assert body["processing"]["attempt"] == 1
    assert UUID(body["processing"]["jobId"])
    assert [step["name"] for step in body["processing"]["steps"]] == [
        *("validate", "thumbnails", "transcode", "zip", "finalize"),
    ]
    assert all(set(step) == {"name", "status", "done", "total"} for step in body["processing"]["steps"])
    one, two = body["assets"]
    assert one["status"] == "PROCESSED"
    assert "error" not in one
    assert two["status"] == "FAILED"
    assert two["error"] == {"code": "UNREADABLE_MEDIA", "detail": "it ends in the middle"}
    assert body["availableDownloads"] == ["ZIP_FULL", "PHOTO_VERTICAL"]


async def test_a_retry_makes_a_new_job(api: Api) -> None:
    batch_id = await failed_batch(api)
    before = (await api.post(f"{UPLOADS}/status", api.named(batch_id))).json()["processing"]["jobId"]

    answer = await api.post(f"{UPLOADS}/retry", api.named(batch_id))

    assert answer.status_code == 202
    assert set(answer.json()) == {"jobId", "status"}
    assert answer.json()["status"] == "PROCESSING"
    assert answer.json()["jobId"] != before


async def test_a_batch_at_work_is_not_retried(api: Api) -> None:
    batch_id = await api.receive()

    refused(await api.post(f"{UPLOADS}/retry", api.named(batch_id)), 409, "BATCH_NOT_RETRYABLE")


async def test_batches_are_listed_newest_first_page_by_page(api: Api) -> None:
    made = [str((await api.announce(photos("one"), reference=f"shoot {n}")).batch.id) for n in range(5)]
    seen: list[str] = []
    parameters = {"listingId": str(api.listing.id), "limit": "2"}
    sizes = []

    while True:
        page = (await api.client.get(UPLOADS, params=parameters, headers=api.headers())).json()
        seen += [batch["batchId"] for batch in page["batches"]]
        sizes.append(len(page["batches"]))
        if page["nextCursor"] is None:
            break
        parameters["cursor"] = page["nextCursor"]

    assert seen == made[::-1]
    assert sizes == [2, 2, 1]


async def test_a_page_has_25_batches_unless_told_otherwise(api: Api) -> None:
    for n in range(26):
        await api.announce(photos("one"), reference=f"shoot {n}")

    async def length(**more: int) -> int:
        parameters = {"listingId": str(api.listing.id), **more}
        answer = await api.client.get(UPLOADS, params=parameters, headers=api.headers())
        return len(answer.json()["batches"])

    assert await length() == 25
    assert await length(limit=100) == 26


@pytest.mark.parametrize(
    "cursor", ["garbage", "", "x", "A" * 23, "%00", "é", CURSOR[:-1], f"{CURSOR}A", f"{CURSOR[:-1]}J"]
)
async def test_a_cursor_that_is_not_ours_is_refused(api: Api, cursor: str) -> None:
    parameters = {"listingId": str(api.listing.id), "cursor": cursor}

    answer = await api.client.get(UPLOADS, params=parameters, headers=api.headers())

    assert violations(answer) == {("/cursor", "FORMAT")}


async def test_every_wrong_parameter_is_named(api: Api) -> None:
    answer = await api.client.get(UPLOADS, params={"cursor": "x" * 101, "limit": "101"}, headers=api.headers())

    assert violations(answer) == {
        ("/listingId", "MISSING_FIELD"),
        ("/cursor", "LENGTH"),
        ("/limit", "RANGE"),
    }


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "many", "", "9" * 5000, "\0"])
async def test_a_limit_is_a_number_from_1_to_100(api: Api, limit: str) -> None:
    parameters = {"listingId": str(api.listing.id), "limit": limit}

    answer = await api.client.get(UPLOADS, params=parameters, headers=api.headers())

    assert {pointer for pointer, _ in violations(answer)} == {"/limit"}


async def test_a_deleted_batch_is_hidden_everywhere(api: Api) -> None:
    batch_id = await api.processed()

    answer = await api.client.delete(f"{UPLOADS}/{batch_id}", headers=api.headers())

    assert answer.status_code == 204
    assert answer.content == b""
    refused(await api.client.delete(f"{UPLOADS}/{batch_id}", headers=api.headers()), 404, "BATCH_NOT_FOUND")
    refused(await api.post(f"{UPLOADS}/status", api.named(batch_id)), 404, "BATCH_NOT_FOUND")
    refused(await api.post(DOWNLOADS, api.named(batch_id)), 404, "BATCH_NOT_FOUND")
    listed = await api.client.get(UPLOADS, params={"listingId": str(api.listing.id)}, headers=api.headers())
    assert listed.json() == {"batches": [], "nextCursor": None}


async def test_a_batch_at_work_is_not_deleted(api: Api) -> None:
    batch_id = await api.receive()

    refused(await api.client.delete(f"{UPLOADS}/{batch_id}", headers=api.headers()), 409, "BATCH_IN_FLIGHT")


@pytest.mark.parametrize("batch_id", ["nonsense", "123", "%00", "00000000-0000-0000-0000-00000000000g"])
async def test_what_is_no_id_names_nothing(api: Api, batch_id: str) -> None:
    refused(await api.client.delete(f"{UPLOADS}/{batch_id}", headers=api.headers()), 404, "NOT_FOUND")


async def test_taking_the_failed_file_out_makes_the_batch_ready(api: Api) -> None:
    batch_id = await failed_batch(api)
    two = await api.asset(batch_id, "two")

    answer = await api.client.delete(f"{UPLOADS}/{batch_id}/assets/{two.id}", headers=api.headers())

    assert answer.status_code == 204
    body = (await api.post(f"{UPLOADS}/status", api.named(batch_id))).json()
    assert body["batch"]["status"] == "READY"
    assert [asset["clientId"] for asset in body["assets"]] == ["one"]


async def test_only_failed_files_are_taken_out(api: Api) -> None:
    batch_id = await failed_batch(api)
    one = await api.asset(batch_id, "one")

    def path(asset_id: object) -> str:
        return f"{UPLOADS}/{batch_id}/assets/{asset_id}"

    refused(await api.client.delete(path(one.id), headers=api.headers()), 409, "ASSET_NOT_REMOVABLE")
    refused(await api.client.delete(path(IDS.new()), headers=api.headers()), 404, "ASSET_NOT_FOUND")


async def test_nothing_is_taken_out_of_a_batch_at_work(api: Api) -> None:
    batch_id = await api.receive([*photos("one"), video()])
    one = await api.asset(batch_id, "one")

    answer = await api.client.delete(f"{UPLOADS}/{batch_id}/assets/{one.id}", headers=api.headers())

    refused(answer, 409, "BATCH_IN_FLIGHT")
