"""A pipeline that never answers does not hold a batch for ever."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from application.processing.apply_callback import CallbackOutdated
from application.processing.pipeline_report import ReportedStatus
from domain.assets.asset import AssetStatus
from domain.assets.failure import FailureCode
from domain.batches.batch import BatchStatus
from domain.jobs.job import JobStatus, Provider
from tests.application.processing.test_apply_callback import output, put, report, requested
from tests.application.use_cases import PATIENCE
from tests.application.world import World

SECOND = timedelta(seconds=1)


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world(provider=Provider.EXTERNAL)


@pytest.mark.parametrize("running", [False, True])
async def test_silence_ends_the_run_with_a_timeout(world: World, *, running: bool) -> None:
    batch_id = await requested(world, "one", "two")
    if running:
        await report(world, batch_id, status=ReportedStatus.RUNNING)
    world.clock.advance(PATIENCE - SECOND)
    assert await world.expire_external_jobs() == 0
    world.clock.advance(2 * SECOND)

    assert await world.expire_external_jobs() == 1

    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, batch.failure_code) == (BatchStatus.FAILED, FailureCode.TIMEOUT)
    assert (job.status, job.failed) == (JobStatus.FAILED, 2)
    assert {asset.status for asset in await world.assets(batch_id)} == {AssetStatus.FAILED}
    assert world.telemetry.of("batch_failed") == [FailureCode.TIMEOUT]
    assert await world.expire_external_jobs() == 0
    with pytest.raises(CallbackOutdated):
        await report(world, batch_id)
    assert (await world.retry_again(batch_id)).total == 2


async def test_what_was_ready_before_stays_ready(world: World) -> None:
    batch_id = await requested(world, "one")
    (asset,) = await world.assets(batch_id)
    await report(world, batch_id, output(world, asset), archive_key=put(world, "all.zip"))
    before = await world.asset(batch_id, "one")
    await world.retry_again(batch_id)
    world.clock.advance(PATIENCE + SECOND)
    await world.expire_external_jobs()
    after = await world.asset(batch_id, "one")
    assert (after.status, after.renditions) == (AssetStatus.PROCESSED, before.renditions)
    assert (await world.batch(batch_id)).archive is not None


async def test_work_of_our_own_is_not_its_business(make_world: Callable[..., World]) -> None:
    world = make_world(provider=Provider.INTERNAL)
    batch_id = await requested(world, "one")
    world.clock.advance(2 * PATIENCE)
    assert await world.expire_external_jobs() == 0
    assert (await world.batch(batch_id)).status is BatchStatus.RECEIVED
