"""What nobody completes in time fails, and leaves nothing in the store."""

from collections.abc import Callable
from datetime import timedelta

from domain.assets.asset import AssetStatus
from domain.assets.failure import FailureCode
from domain.batches.batch import BatchStatus
from domain.batches.limits import MIB, UploadLimits
from tests.application.uploads import photo, photos, video
from tests.application.world import World


async def test_overdue_batches_fail_and_what_had_arrived_is_removed(make_world: Callable[..., World]) -> None:
    world = make_world(limits=UploadLimits(multipart_above=6 * MIB, part_size=5 * MIB))
    await world.open_listing()
    files = [photo(), video(size=7 * MIB)]
    opened = await world.announce(files)
    world.upload([ticket for ticket in opened.tickets if ticket.upload], files)
    world.clock.advance(timedelta(hours=24))

    assert await world.expire_uploads() == 1

    batch = await world.batch(opened.batch.id)
    assert (batch.status, batch.failure_code) == (BatchStatus.FAILED, FailureCode.UPLOAD_EXPIRED)
    for asset in await world.assets(opened.batch.id):
        assert asset.status is AssetStatus.FAILED
        assert asset.failure is not None
        assert asset.failure.code is FailureCode.UPLOAD_EXPIRED
    assert not world.bucket.objects
    assert not world.bucket.uploads
    assert world.telemetry.of("batch_failed") == [FailureCode.UPLOAD_EXPIRED]
    assert await world.expire_uploads() == 0


async def test_others_are_left_alone(world: World) -> None:
    await world.open_listing()
    received = await world.receive(photos("one"), reference="received")
    world.clock.advance(timedelta(hours=23))
    young = await world.announce(photos("one"), reference="young")
    world.clock.advance(timedelta(hours=2))

    assert await world.expire_uploads() == 0

    assert (await world.batch(received)).status is BatchStatus.RECEIVED
    assert (await world.batch(young.batch.id)).status is BatchStatus.PENDING_UPLOAD
    assert world.bucket.objects
