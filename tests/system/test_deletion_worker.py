"""`vitrine worker --kinds deletion` as a process over Kafka: killed with SIGKILL, and started again."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

import pytest

from domain.media.media import MediaStatus
from domain.principal import Role
from tests.stack.gate import Mood
from tests.stack.role_process import RoleProcess
from tests.stack.stack import Stack, open_stack
from tests.system.answers import accepted
from tests.system.backstage import Backstage, open_backstage
from tests.system.library import InUse, Library, open_library
from tests.system.marketplace import open_marketplace
from tests.system.metrics import read_metrics
from tests.system.plain_http import plain_http
from tests.system.waiting import eventually

WITHIN = 90.0
"""A broker holds a killed member of a group for alive for 15 s, and the next one waits as long for its partitions."""
TOPIC = "vitrine.media-deletions.v1"
LETTERS = "/api/v2/dead-letters"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    stack: Stack
    library: Library
    backstage: Backstage

    @property
    def worker(self) -> RoleProcess:
        return self.stack.roles["deletion"]

    async def gone(self, in_use: InUse) -> None:
        """Returns once the media is buried, as if nobody had been killed."""

        async def buried() -> bool:
            return await self.library.status(in_use.media) is MediaStatus.DELETED

        await eventually(buried, within=WITHIN, expecting="the media is buried\n" + self.worker.log_tail())
        await self.library.assert_gone(in_use)
        told = await self.backstage.events(in_use.media.id)
        # The sweeper may have called once more meanwhile, and that is told as well.
        assert told.pop("media.delete_requested") >= 1
        assert told == {"media.deleted": 1, "photo.deleted": 1}

    async def transactions_wait(self) -> None:
        async def waiting() -> bool:
            return await self.backstage.waiting_for_rows() > 0

        await eventually(waiting, within=WITHIN, expecting="the worker waits for a row\n" + self.worker.log_tail())


@pytest.fixture(scope="module")
async def deployment(kafka_servers: str) -> AsyncIterator[Deployment]:
    async with open_stack(kafka_servers, f"deletion.{uuid4().hex[:6]}.", deletion_patience="20") as stack:
        await stack.start({"api": ["api"], "relay": ["relay"], "deletion": ["worker", "--kinds", "deletion"]})
        async with open_library(stack) as library, open_backstage(stack) as backstage:
            yield Deployment(stack=stack, library=library, backstage=backstage)


@asynccontextmanager
async def at_the_first_owner(deployment: Deployment, in_use: InUse) -> AsyncIterator[None]:
    """Products come before users: nothing is detached yet."""
    product = min(product.id for product in in_use.products)
    async with deployment.backstage.holding_row("products", product):
        await deployment.library.request_deletion(in_use.media)
        await deployment.transactions_wait()
        yield


@asynccontextmanager
async def at_the_last_owner(deployment: Deployment, in_use: InUse) -> AsyncIterator[None]:
    async with deployment.backstage.holding_row("users", in_use.user_id):
        await deployment.library.request_deletion(in_use.media)
        await deployment.transactions_wait()
        yield


@asynccontextmanager
async def at_the_ledger(deployment: Deployment, in_use: InUse) -> AsyncIterator[None]:
    """An owner has let go, and its transaction waits for the row of the usage."""
    async with deployment.library.begin() as tx:
        first = (await tx.attachments.of_media(in_use.media.id))[0]
    async with deployment.backstage.holding_row("media_attachments", first.id):
        await deployment.library.request_deletion(in_use.media)
        await deployment.transactions_wait()
        yield


@asynccontextmanager
async def at_the_store(deployment: Deployment, in_use: InUse) -> AsyncIterator[None]:
    """All usages are gone, and the store does not answer."""
    async with deployment.stack.store_gate.turned(Mood.SILENT):
        await deployment.library.request_deletion(in_use.media)

        async def detached() -> bool:
            async with deployment.library.begin() as tx:
                return not await tx.attachments.of_media(in_use.media.id)

        await eventually(detached, within=WITHIN, expecting="all usages are gone\n" + deployment.worker.log_tail())
        yield


@asynccontextmanager
async def at_the_burial(deployment: Deployment, in_use: InUse) -> AsyncIterator[None]:
    """The last transaction waits for the blob."""
    blob_id = in_use.media.blob_id
    assert blob_id is not None
    async with deployment.backstage.holding_row("media_blobs", blob_id):
        await deployment.library.request_deletion(in_use.media)
        await deployment.transactions_wait()
        yield


Step = Callable[[Deployment, InUse], AbstractAsyncContextManager[None]]
STEPS: list[Step] = [at_the_first_owner, at_the_last_owner, at_the_ledger, at_the_store, at_the_burial]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
async def test_killed_at_every_step_and_started_again_it_ends_as_if_it_had_not_been(
    deployment: Deployment, step: Step
) -> None:
    in_use = await deployment.library.picture_in_use()

    async with step(deployment, in_use):
        await deployment.worker.end(signal.SIGKILL)
    deployment.worker.launch()

    await deployment.gone(in_use)


@pytest.mark.timeout(300)
async def test_killed_at_random_among_many_media(deployment: Deployment) -> None:
    many = [await deployment.library.picture_in_use(products=4) for _ in range(5)]
    for in_use in many:
        await deployment.library.request_deletion(in_use.media)
    moments = [random.uniform(0.0, 1.0) for _ in range(2)]

    for moment in moments:
        await asyncio.sleep(moment)
        await deployment.worker.end(signal.SIGKILL)
        deployment.worker.launch()
        await deployment.worker.answers()

    try:
        for in_use in many:
            await deployment.gone(in_use)
    except AssertionError as error:
        error.add_note(f"killed after {moments} s")
        raise


@pytest.mark.timeout(300)
async def test_an_unknown_entity_type_waits_for_somebody_and_goes_on(deployment: Deployment) -> None:
    library = deployment.library
    in_use = await library.picture_in_use()
    stray = await library.smuggle(in_use.media, "zeppelin")
    await library.request_deletion(in_use.media)

    async def failed() -> bool:
        return await library.status(in_use.media) is MediaStatus.DELETE_FAILED

    await eventually(failed, within=WITHIN, expecting="the worker gives up\n" + deployment.worker.log_tail())
    async with plain_http(base_url=deployment.worker.url, timeout=10) as probes:
        metrics = await read_metrics(probes)
    assert metrics["media_deletions_total{unknown_entity_type}"] >= 1
    async with library.begin() as tx:
        assert len(await tx.attachments.of_media(in_use.media.id)) == 4, "nothing was detached"
        await tx.attachments.apply(added=[], removed=[stray])
        await tx.commit()

    async with open_marketplace(deployment.stack.url) as people:
        operator = people.person(Role.ADMIN, store_id=in_use.media.store_id).caller
        query = {"topic": TOPIC, "status": "OPEN"}
        # One, however often the worker was called and gave up.
        (letter,) = accepted(await operator.http.get(LETTERS, params=query, headers=operator.headers))["deadLetters"]
        assert letter["errorCode"] == "UNKNOWN_ENTITY_TYPE"
        replay = f"{LETTERS}/{letter['letterId']}/replay"
        accepted(await operator.http.post(replay, headers=operator.headers), HTTPStatus.ACCEPTED)

    async def buried() -> bool:
        return await library.status(in_use.media) is MediaStatus.DELETED

    await eventually(buried, within=WITHIN, expecting="the media is buried\n" + deployment.worker.log_tail())
    await library.assert_gone(in_use)
