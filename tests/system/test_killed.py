"""kill -9 of the whole process, in the middle of every step: after a restart the work is done, once."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from http import HTTPStatus

import pytest

from tests import media
from tests.system.answers import accepted
from tests.system.delivery import Delivery, processed, received, uploaded
from tests.system.family import frozen
from tests.system.files import film, photo, photos
from tests.system.mortal import Mortal
from tests.system.outcome import assert_done_once


@asynccontextmanager
async def in_validate(mortal: Mortal) -> AsyncIterator[Delivery]:
    """The second run's download hangs on a store that does not answer."""
    delivery = await processed(mortal.marketplace, photos(1))
    with frozen([mortal.vitrine.family.object_store()]):
        accepted(await delivery.caller.retry(delivery.listing_id, delivery.batch_id), HTTPStatus.ACCEPTED)
        await mortal.works_at("validate", delivery)
        yield delivery


@asynccontextmanager
async def in_thumbnails(mortal: Mortal) -> AsyncIterator[Delivery]:
    """The decoders do not come to an end."""
    with frozen(mortal.vitrine.family.decoders()):
        delivery = await received(mortal.marketplace, photos(2))
        await mortal.works_at("thumbnails", delivery)
        yield delivery


@asynccontextmanager
async def in_transcode(mortal: Mortal) -> AsyncIterator[Delivery]:
    """ffmpeg is at work."""
    delivery = await received(mortal.marketplace, [film()])
    with frozen(await mortal.vitrine.family.transcoding()):
        await mortal.works_at("transcode", delivery)
        yield delivery


@asynccontextmanager
async def in_zip(mortal: Mortal) -> AsyncIterator[Delivery]:
    """The files are done; then the store stops answering, before the archive has been read."""
    async with AsyncExitStack() as held:
        with frozen(mortal.vitrine.family.decoders()):
            delivery = await received(mortal.marketplace, photos(2))
            await mortal.works_at("thumbnails", delivery)
            await held.enter_async_context(mortal.backstage.holding_jobs(delivery.batch_id))
        await mortal.transactions_wait(len(delivery.files))
        with frozen([mortal.vitrine.family.object_store()]):
            await held.aclose()
            await mortal.works_at("zip", delivery)
            yield delivery


@asynccontextmanager
async def in_finalize(mortal: Mortal) -> AsyncIterator[Delivery]:
    """The last transaction has begun and cannot go on."""
    delivery = await uploaded(mortal.marketplace, photos(1))
    async with mortal.backstage.holding_listing(delivery.listing_id):
        accepted(await delivery.complete(), HTTPStatus.ACCEPTED)
        await mortal.transactions_wait(1)
        yield delivery


Step = Callable[[Mortal], AbstractAsyncContextManager[Delivery]]
STEPS: list[Step] = [in_validate, in_thumbnails, in_transcode, in_zip, in_finalize]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__.removeprefix("in_"))
async def test_in_the_middle_of_every_step(mortal: Mortal, step: Step) -> None:
    async with step(mortal) as delivery:
        await mortal.die()
    await mortal.live()

    await assert_done_once(delivery, mortal.backstage, runs=2 if step is in_validate else 1)
    assert mortal.vitrine.scratch() == [str(mortal.vitrine.pid)], "the scratch of the dead is removed"


async def test_at_random_moments(mortal: Mortal) -> None:
    files = [*photos(3), film(), photo("big", media.photo(), sequence=4)]
    delivery = await received(mortal.marketplace, files)
    moments = [random.uniform(0.0, 1.5) for _ in range(2)]

    for moment in moments:
        await asyncio.sleep(moment)
        await mortal.die()
        await mortal.live()

    try:
        await assert_done_once(delivery, mortal.backstage)
    except AssertionError as error:
        error.add_note(f"killed after {moments} s")
        raise


async def test_sigterm_gives_the_work_back(mortal: Mortal) -> None:
    delivery = await received(mortal.marketplace, [film()])
    with frozen(await mortal.vitrine.family.transcoding()):
        code = await mortal.leave()
    assert code == 0, mortal.vitrine.log_tail()
    await mortal.live()

    await assert_done_once(delivery, mortal.backstage)
    task, _ = await mortal.backstage.tasks(delivery.batch_id)
    assert (task["attempt"], task["max_attempts"]) == (2, 4), "handed back: the attempt was not lost"
