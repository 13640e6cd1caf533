"""An object that is needed and gone is an alarm; nothing is deleted and nothing detached."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from application.batches.delete_batch import DeleteBatchCommand
from application.batches.remove_asset import RemoveAssetCommand
from application.processing.pipeline_report import ApplyCallbackCommand, ReportedOutput, ReportedStatus
from domain.assets.failure import FailureCode, MediaRejected
from domain.assets.rendition import RenditionName
from domain.batches.batch import Batch, BatchStatus
from domain.errors import Unavailable
from domain.ids import BatchId
from domain.jobs.job import Provider
from tests.application.batches.told import created, removed
from tests.application.uploads import photos
from tests.application.world import PHOTOGRAPHER_PRINCIPAL, World
from tests.builders import IDS


async def ready(world: World) -> Batch:
    await world.open_listing()
    batch_id = await world.receive()
    await world.work()
    return await world.batch(batch_id)


async def lost(world: World) -> list[dict[str, Any]]:
    """The alarms that have been published."""
    while await world.relay_outbox():
        pass
    return [json.loads(message.payload) for message in world.publisher.of("vitrine.object.lost")]


async def vanish(world: World, key: str) -> bool:
    """Somebody deletes the object, and the store tells of it."""
    del world.bucket.objects[key]
    return await world.note_removal(removed(key))


async def test_a_lost_original_rendition_or_archive_is_told(world: World) -> None:
    batch = await ready(world)
    one, two = await world.assets(batch.id)
    rendition = two.rendition(RenditionName.MEDIUM)
    assert batch.archive is not None
    assert rendition is not None

    for key in (one.key, rendition.key, batch.archive.key):
        assert await vanish(world, key)

    usual = {"batchId": str(batch.id), "listingId": str(batch.listing_id), "occurredAt": "2025-05-04T12:30:15.123456Z"}
    assert await lost(world) == [
        usual | {"objectKey": one.key, "kind": "original", "assetId": str(one.id)},
        usual | {"objectKey": rendition.key, "kind": "rendition", "assetId": str(two.id)},
        usual | {"objectKey": batch.archive.key, "kind": "archive", "assetId": None},
    ]
    [message, *_] = world.publisher.of("vitrine.object.lost")
    assert (message.topic, message.key) == ("vitrine.listing-media.v1", str(batch.id))
    assert world.telemetry.of("object_lost") == ["original", "rendition", "archive"]
    assert world.log.events.count("object.lost") == 3


async def test_nothing_is_changed_by_it(world: World) -> None:
    batch = await ready(world)
    assets = await world.assets(batch.id)
    objects = set(world.bucket.objects) - {assets[0].key}

    await vanish(world, assets[0].key)

    after = await world.batch(batch.id)
    after.version = batch.version
    assert (after, await world.assets(batch.id), set(world.bucket.objects)) == (batch, assets, objects)


async def test_an_alarm_is_raised_once(world: World) -> None:
    [asset, _] = await world.assets((await ready(world)).id)
    del world.bucket.objects[asset.key]
    notification = removed(asset.key)

    assert [await world.note_removal(notification) for _ in range(3)] == [True, False, False]

    assert len(await lost(world)) == 1
    assert world.telemetry.of("object_lost") == ["original"]


async def test_what_was_put_back_or_replaced_is_not_lost(world: World) -> None:
    batch = await ready(world)
    [asset, _] = await world.assets(batch.id)

    assert not await world.note_removal(removed(asset.key))

    assert await lost(world) == []


async def test_what_we_have_deleted_ourselves_is_not_lost(world: World) -> None:
    await world.open_listing()

    async def spoil(body: bytes) -> None:
        if body.endswith(b"two"):
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "it ends in the middle")

    world.processor.before = spoil
    batch_id = await world.receive()
    await world.work()
    [_, two] = await world.assets(batch_id)
    await world.remove_asset(RemoveAssetCommand(principal=PHOTOGRAPHER_PRINCIPAL, batch_id=batch_id, asset_id=two.id))
    assert two.key not in world.bucket.objects

    assert not await world.note_removal(removed(two.key))

    assert await lost(world) == []


async def test_what_a_newer_run_has_replaced_is_not_lost(world: World) -> None:
    batch = await ready(world)
    old = await world.assets(batch.id)
    await world.retry_again(batch.id)
    await world.work()
    assert batch.archive is not None
    superseded = [batch.archive.key, *(rendition.key for asset in old for rendition in asset.renditions)]
    assert set(superseded) <= set(world.bucket.objects)

    for key in superseded:
        assert not await vanish(world, key)

    assert await lost(world) == []
    assert (await world.batch(batch.id)).status is BatchStatus.READY


async def test_nobody_needs_the_objects_of_a_deleted_batch(world: World) -> None:
    batch = await ready(world)
    assets = await world.assets(batch.id)
    await world.delete_batch(DeleteBatchCommand(principal=PHOTOGRAPHER_PRINCIPAL, batch_id=batch.id))
    assert batch.archive is not None

    for key in (assets[0].key, assets[1].renditions[0].key, batch.archive.key):
        assert not await vanish(world, key)

    assert await lost(world) == []


async def test_an_upload_that_goes_before_it_counts_is_no_loss(world: World) -> None:
    await world.open_listing()
    files = photos("one", "two")
    opened = await world.announce(files)
    world.upload(opened.tickets, files)
    [one, two] = await world.assets(opened.batch.id)
    await world.note_arrival(created(one.key))

    assert await vanish(world, one.key)
    assert not await vanish(world, two.key)

    assert [asset.arrived_at for asset in await world.assets(opened.batch.id)] == [None, None]
    assert await lost(world) == []
    assert await world.note_arrival(created(one.key))


@pytest.mark.parametrize(
    "key",
    [
        "{listing}/raw/photo/vertical/{batch}/{other}-one.jpg",
        "{listing}/processed/zip/{other}.1-1.zip",
        "{other}/processed/zip/{batch}.1-1.zip",
        "{listing}/processed/zip/{batch}.9-9.zip",
        "{listing}/processed/photo/vertical/large/{asset}.9-9.jpg",
        "{listing}/processed/photo/vertical/large/{asset}",
        "{asset}",
        "readiness",
        "",
    ],
)
async def test_objects_of_nobody_concern_nobody(world: World, key: str) -> None:
    batch = await ready(world)
    [asset, _] = await world.assets(batch.id)
    names = {"listing": batch.listing_id, "batch": batch.id, "asset": asset.id, "other": IDS.new()}

    assert not await world.note_removal(removed(key.format(**names)))

    assert await lost(world) == []


async def test_what_an_external_pipeline_has_named_as_we_do_is_watched(make_world: Callable[..., World]) -> None:
    world = make_world(provider=Provider.EXTERNAL)
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    [asset] = await world.assets(batch_id)
    key = f"{world.listing.id}/processed/external/{asset.id}.v7.jpg"
    world.bucket.write(key, b"jpeg", content_type="image/jpeg", checksum=None)
    await _report(world, batch_id, key)

    assert await vanish(world, key)

    assert [(alarm["kind"], alarm["assetId"]) for alarm in await lost(world)] == [("rendition", str(asset.id))]


async def _report(world: World, batch_id: BatchId, key: str) -> None:
    [job] = await world.jobs(batch_id)
    [asset] = await world.assets(batch_id)
    await world.apply_callback(
        ApplyCallbackCommand(
            delivery_id="1",
            job_id=job.id,
            attempt=1,
            status=ReportedStatus.SUCCEEDED,
            outputs=[ReportedOutput(asset_id=asset.id, processed_key=key)],
        )
    )


async def test_while_the_store_does_not_answer_nobody_is_alarmed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    [asset, _] = await world.assets((await ready(world)).id)
    del world.bucket.objects[asset.key]
    notification = removed(asset.key)

    async def silent(key: str) -> None:
        raise Unavailable("the store does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(world.store, "head", silent)
        with pytest.raises(Unavailable):
            await world.note_removal(notification)
    assert await lost(world) == []

    assert await world.note_removal(notification)


async def test_the_store_is_asked_with_no_transaction_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    [asset, _] = await world.assets((await ready(world)).id)
    del world.bucket.objects[asset.key]
    asked = []

    async def head(key: str) -> None:
        async with world.begin() as tx:  # would wait for whatever the use case holds
            await tx.batches.lock(asset.batch_id)
        asked.append(key)

    monkeypatch.setattr(world.store, "head", head)

    assert await world.note_removal(removed(asset.key))
    assert asked == [asset.key]
