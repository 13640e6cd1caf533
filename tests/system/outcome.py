"""What must be true of a batch in the end, however often its workers died."""

import io
from zipfile import ZipFile

from tests.system.answers import told
from tests.system.backstage import Backstage
from tests.system.delivery import Delivery

_PICTURES = {"thumbnail", "small", "medium", "large"}
_FILMS = _PICTURES | {"mp4-720p", "hls", "hls-720p", "hls-720p-media"}


async def assert_done_once(delivery: Delivery, backstage: Backstage, *, runs: int = 1) -> None:
    """READY after that many runs: every rendition and every announcement exactly once, and all can be fetched."""
    report = await delivery.ready()
    assert {asset["status"] for asset in report["assets"]} == {"PROCESSED"}, report

    jobs = await backstage.jobs(delivery.batch_id)
    assert [(job["status"], job["failed"]) for job in jobs] == [("SUCCEEDED", 0)] * runs
    assert [job["done"] for job in jobs] == [len(delivery.files)] * runs, "no file counts twice"
    tasks = await backstage.tasks(delivery.batch_id)
    assert len(tasks) == runs * (len(delivery.files) + 1), "one task a file, and one archive"
    assert {task["status"] for task in tasks} == {"DONE"}
    events = await backstage.events(delivery.batch_id)
    assert events["vitrine.batch.received"] == 1
    assert events["vitrine.batch.ready"] == runs
    assert events["vitrine.job.finished"] == runs
    assert (await backstage.events(delivery.listing_id))["vitrine.listing.awaits-approval"] == 1

    renditions = await backstage.renditions(delivery.batch_id)
    for file in delivery.files:
        expected = _FILMS if file.content_type.startswith("video/") else _PICTURES
        assert sorted(renditions[file.client_id]) == sorted(expected), "each exactly once"
    await _assert_all_can_be_fetched(delivery)


async def _assert_all_can_be_fetched(delivery: Delivery) -> None:
    downloads = await delivery.downloads()
    archive = await delivery.web.get(downloads.pop("ZIP_FULL")["url"])
    assert archive.is_success, told(archive)
    with ZipFile(io.BytesIO(archive.content)) as opened:
        assert opened.testzip() is None
        packed = sorted(opened.read(name) for name in opened.namelist())
    assert packed == sorted(file.data for file in delivery.files)
    for item in (item for group in downloads.values() for item in group["items"]):
        for url in [*item["renditions"].values(), *item.get("mp4", {}).values()]:
            answer = await delivery.web.get(url)
            assert answer.is_success, told(answer)
