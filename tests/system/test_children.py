"""Decoders die of what they are given: that costs an attempt and nothing else."""

from http import HTTPStatus

from tests.system.answers import accepted
from tests.system.delivery import received
from tests.system.family import frozen, kill
from tests.system.files import film, photo, photos
from tests.system.metrics import read_metrics
from tests.system.mortal import Mortal
from tests.system.outcome import assert_done_once


async def test_a_decoder_that_is_killed_at_work(mortal: Mortal) -> None:
    with frozen(mortal.vitrine.family.decoders()):
        delivery = await received(mortal.marketplace, photos(1))
        await mortal.works_at("thumbnails", delivery)
        kill(mortal.vitrine.family.decoders())

    await assert_done_once(delivery, mortal.backstage)
    task, _ = await mortal.backstage.tasks(delivery.batch_id)
    assert task["attempt"] == 2
    assert mortal.vitrine.family.decoders(), "it has been replaced"


async def test_an_ffmpeg_that_is_killed_at_work(mortal: Mortal) -> None:
    delivery = await received(mortal.marketplace, [film()])
    kill(await mortal.vitrine.family.transcoding())

    await assert_done_once(delivery, mortal.backstage)
    task, _ = await mortal.backstage.tasks(delivery.batch_id)
    assert task["attempt"] == 2


async def test_a_task_that_is_given_up_can_be_taken_up_by_hand(mortal: Mortal) -> None:
    http = mortal.marketplace.http
    counter = "media_processing_dlq_messages_total{vitrine.tasks.video.v1}"
    before = (await read_metrics(http)).get(counter, 0)
    delivery = await received(mortal.marketplace, [film(), photo()])

    for _ in range(3):
        kill(await mortal.vitrine.family.transcoding())
        await mortal.vitrine.family.idle()
    report = await delivery.settled()

    assets = {asset["clientId"]: asset for asset in report["assets"]}
    assert assets["film"]["status"] == "FAILED"
    assert assets["film"]["error"]["code"] == "DECODER_CRASHED"
    assert assets["photo"]["status"] == "PROCESSED"
    assert (await read_metrics(http))[counter] == before + 1
    accepted(await delivery.caller.retry(delivery.listing_id, delivery.batch_id), HTTPStatus.ACCEPTED)
    await delivery.ready()
