"""An external pipeline reports, signed as Standard Webhooks."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.ids import BatchId
from domain.jobs.job import Provider
from tests.application.uploads import photos
from tests.builders import IDS
from tests.entrypoints.http.api import CALLBACKS, UPLOADS, Api, open_api, signed
from tests.entrypoints.http.problems import refused, violations

OTHER_SECRET = "whsec_" + base64.b64encode(b"nobody's secret, 24 byte").decode()


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with open_api(tmp_path, provider=Provider.EXTERNAL) as opened:
        yield opened


async def report_on(api: Api, batch_id: BatchId, **changes: Any) -> dict[str, Any]:
    """A report that every file was processed, and the objects that it names."""
    [job] = await api.jobs(batch_id)
    outputs = []
    for asset in await api.assets(batch_id):
        keys = {name: f"{api.listing.id}/processed/photo/{name}/{asset.id}.1.jpg" for name in ("large", "thumbnail")}
        for key in keys.values():
            api.bucket.write(key, b"jpeg", content_type="image/jpeg", checksum=None)
        outputs.append({"assetId": str(asset.id), "processedKey": keys["large"], "thumbnailKey": keys["thumbnail"]})
    archive = f"{api.listing.id}/processed/zip/{batch_id}.1.zip"
    api.bucket.write(archive, b"zip", content_type="application/zip", checksum=None)
    return {
        "jobId": str(job.id),
        "attempt": 1,
        "status": "SUCCEEDED",
        "outputs": outputs,
        "zip": {"key": archive},
        **changes,
    }


async def test_a_report_ends_the_run(api: Api) -> None:
    batch_id = await api.receive()

    answer = await api.callback(await report_on(api, batch_id))

    assert answer.status_code == 202
    assert answer.content == b""
    status = (await api.post(f"{UPLOADS}/status", api.named(batch_id))).json()
    assert status["batch"]["status"] == "READY"
    assert api.telemetry.of("callback_refused") == []


async def test_a_replay_is_refused(api: Api) -> None:
    report = await report_on(api, await api.receive(), status="RUNNING", outputs=[], zip=None)

    assert (await api.callback(report, delivery="msg_1")).status_code == 202
    refused(await api.callback(report, delivery="msg_1"), 401, "CALLBACK_REPLAYED")
    assert (await api.callback(report, delivery="msg_2")).status_code == 202


@pytest.mark.parametrize("age", [timedelta(minutes=5, seconds=1), timedelta(minutes=-5, seconds=-2)])
async def test_a_stale_signature_is_refused(api: Api, age: timedelta) -> None:
    report = await report_on(api, await api.receive())

    refused(await api.callback(report, now=api.now - age), 401, "SIGNATURE_REFUSED")


async def test_a_bad_signature_is_refused_before_anybody_looks_into_the_body(api: Api) -> None:
    for body in (b"", b"{", b"\xff", b"{}"):
        unsigned = await api.client.post(CALLBACKS, content=body)
        assert unsigned.headers["www-authenticate"].startswith("StandardWebhooks")
        refused(unsigned, 401, "SIGNATURE_REFUSED")
    report = await report_on(api, await api.receive())
    refused(await api.callback(report, secret=OTHER_SECRET), 401, "SIGNATURE_REFUSED")
    headers = signed(json.dumps(report).encode(), now=api.now)
    changed = json.dumps(report | {"attempt": 2}).encode()
    refused(await api.client.post(CALLBACKS, content=changed, headers=headers), 401, "SIGNATURE_REFUSED")


async def test_a_token_is_no_signature(api: Api) -> None:
    refused(await api.post(CALLBACKS, {}), 401, "SIGNATURE_REFUSED")


async def test_reports_on_what_is_not_under_way_are_refused(api: Api) -> None:
    report = await report_on(api, await api.receive())

    refused(await api.callback(report | {"jobId": str(IDS.new())}), 404, "JOB_NOT_FOUND")
    refused(await api.callback(report | {"attempt": 2}), 409, "CALLBACK_OUTDATED")
    assert (await api.callback(report)).status_code == 202
    refused(await api.callback(report), 409, "CALLBACK_OUTDATED")


async def test_keys_of_others_and_keys_of_nothing_are_named(api: Api) -> None:
    report = await report_on(api, await api.receive(photos("one", "two")))
    one, two = report["outputs"]
    foreign = report | {
        "outputs": [
            one | {"processedKey": "elsewhere/key"},
            two | {"assetId": str(IDS.new()), "renditions": {"no": "k"}},
        ]
    }
    absent = report | {"outputs": [one | {"processedKey": f"{one['processedKey']}.gone"}, two]}

    assert violations(await api.callback(foreign)) == {
        ("/outputs/0", "FOREIGN_KEY"),
        ("/outputs/1", "FOREIGN_KEY"),
        ("/outputs/1/assetId", "UNKNOWN_ASSET"),
        ("/outputs/1/renditions/no", "UNKNOWN_RENDITION"),
    }
    assert violations(await api.callback(absent)) == {("/outputs/0", "OBJECT_NOT_FOUND")}


async def test_every_refusal_is_counted(api: Api) -> None:
    report = await report_on(api, await api.receive())
    refusals = [
        await api.client.post(CALLBACKS, content=b"{}"),
        await api.callback(b"{"),
        await api.callback(b""),
        await api.callback({}),
        await api.callback(report | {"attempt": 7}),
        await api.callback(report | {"jobId": str(IDS.new())}),
        await api.callback(b"x" * 3_000_000),
    ]

    assert [answer.status_code for answer in refusals] == [401, 400, 400, 422, 409, 404, 413]
    assert len(api.telemetry.of("callback_refused")) == len(refusals)


async def test_what_a_report_says_of_an_error_may_not_hold_what_the_database_cannot(api: Api) -> None:
    report = await report_on(api, await api.receive())

    answer = await api.callback(report | {"error": {"code": "BROKEN", "detail": "a\0b"}})

    assert violations(answer) == {("/error/detail", "NUL_CHARACTER")}
