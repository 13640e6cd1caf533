"""Decoders die of what they are given: that costs an attempt and nothing else."""

from http import HTTPStatus

import psutil

from tests import media
from tests.system.answers import accepted
from tests.system.delivery import received
from tests.system.files import photo, photos, video
from tests.system.metrics import read_metrics
from tests.system.mortal import Mortal
from tests.system.outcome import assert_done_once
from tests.system.vitrine_process import frozen
from tests.system.waiting import eventually


def kill(processes: list[psutil.Process]) -> None:
    assert processes, "there is somebody to kill"
    for process in processes:
        process.kill()


async def test_a_decoder_that_is_killed_at_work(mortal: Mortal) -> None:
    with frozen(mortal.vitrine.decoders()):
        delivery = await received(mortal.marketplace, photos(1))
        await mortal.works_at("thumbnails", delivery)
        kill(mortal.vitrine.decoders())

    await assert_done_once(delivery, mortal.backstage)
    picture, _ = await mortal.backstage.tasks(delivery.batch_id)
    assert picture["attempt"] == 2
    assert mortal.vitrine.decoders(), "it has been replaced"


async def test_an_ffmpeg_that_is_killed_at_work(mortal: Mortal) -> None:
    delivery = await received(mortal.marketplace, [video(data=media.video(seconds=4.0))])
    kill(await mortal.vitrine.transcoding())

    await assert_done_once(delivery, mortal.backstage)
    film, _ = await mortal.backstage.tasks(delivery.batch_id)
    assert film["attempt"] == 2


async def test_a_task_that_is_given_up_can_be_taken_up_by_hand(mortal: Mortal) -> None:
    http = mortal.marketplace.http
    counter = "media_processing_dlq_messages_total{vitrine.tasks.video.v1}"
    before = (await read_metrics(http)).get(counter, 0)
    delivery = await received(mortal.marketplace, [video(data=media.video(seconds=4.0)), photo()])

    for _ in range(3):
        kill(await mortal.vitrine.transcoding())
        await mortal.vitrine.idle()
    report = await delivery.settled()

    assets = {asset["clientId"]: asset for asset in report["assets"]}
    assert assets["video"]["status"] == "FAILED"
    assert assets["video"]["error"]["code"] == "DECODER_CRASHED"
    assert assets["photo"]["status"] == "PROCESSED"
    assert (await read_metrics(http))[counter] == before + 1
    accepted(await delivery.caller.retry(delivery.listing_id, delivery.batch_id), HTTPStatus.ACCEPTED)
    await delivery.ready()


async def test_without_its_database_it_is_alive_and_not_ready(mortal: Mortal) -> None:
    http = mortal.marketplace.http
    listing_id = await mortal.marketplace.listing()
    kill([mortal.vitrine.postgres()])

    async def unready() -> bool:
        return (await http.get("/readyz")).status_code == HTTPStatus.SERVICE_UNAVAILABLE

    await eventually(unready, within=15, expecting="/readyz tells that the database is down")
    told = (await http.get("/readyz")).json()
    assert told == {"status": "unready", "checks": {"database": "down", "objects": "up"}}
    assert (await http.get("/livez")).status_code == HTTPStatus.OK
    answer = await mortal.marketplace.photographer.caller.batches(listing_id)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE, answer.text
    assert answer.headers["retry-after"]

    await mortal.leave()
    await mortal.live()
    accepted(await mortal.marketplace.photographer.caller.batches(listing_id))
