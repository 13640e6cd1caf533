"""Memory and PostgreSQL, told the same: after every step the answers and all that can be seen are the same.

VITRINE_TEST_EXAMPLES=200 looks longer.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.memory.database import MemoryDatabase
from adapters.memory.ids import SequentialIds
from adapters.memory.unit_of_work import MemoryUnitOfWorkFactory
from adapters.postgres.engine import open_engine
from adapters.postgres.tables import metadata
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.ads.create_ad import CreateAdCommand
from application.ads.delete_ad import DeleteAdCommand
from application.attachments.request_deletion import RequestDeletionCommand
from application.licenses.decide_license import DecideLicenseCommand
from application.licenses.delete_license import DeleteLicenseCommand
from application.licenses.submit_license import SubmitLicenseCommand
from application.products.attach_media import AttachMediaCommand
from application.products.change_product import ChangeProductCommand
from application.products.create_product import CreateProductCommand
from application.products.delete_product import DeleteProductCommand
from application.products.detach_media import DetachMediaCommand
from application.products.shown_media import ShownMedia
from application.stores.update_store import UpdateStoreCommand
from application.users.update_user import UpdateUserCommand
from domain.ads.ad import Creative
from domain.assets.failure import Failure, FailureCode
from domain.errors import DomainError
from domain.ids import MediaId, StoreId
from domain.licenses.license import LicenseStatus
from domain.media.media import GOING, Media, MediaStatus
from domain.principal import Principal, Role
from domain.products.gallery import UsageType
from entrypoints.media_consumers.media_consumer import memory_repositories, postgres_repositories
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.application.media.sending import complete, file_of, presigned, upload
from tests.application.world import principal
from tests.builders import IDS, OWNER, STORE
from tests.lifecycle.side import GRACE, Side

EXAMPLES = int(os.environ.get("VITRINE_TEST_EXAMPLES", "10"))
BOSS = principal(OWNER, *Role)
STRANGER = principal(OWNER, *Role, store=StoreId(IDS.new()))
PRINCIPALS = st.sampled_from([BOSS, BOSS, BOSS, STRANGER])
BODIES = [file_of(name="one"), file_of("application/pdf"), file_of(name="two")]
BYTES = st.sampled_from(BODIES)
T = TypeVar("T")


class Twins(RuleBasedStateMachine):
    """`loop`, `engine` and `folder` are those of the test that runs it."""

    loop: asyncio.AbstractEventLoop
    engine: AsyncEngine
    folder: Path

    media = Bundle("media")
    products = Bundle("products")
    licenses = Bundle("licenses")
    ads = Bundle("ads")

    @initialize(target=media)
    def begin(self) -> Any:
        """With two media of the same bytes, and one of others."""
        self.run(self._empty())
        memory = MemoryUnitOfWorkFactory(
            MemoryDatabase(), SequentialIds(), repositories=memory_repositories(MEDIA_CONSUMERS)
        )
        postgres = PostgresUnitOfWorkFactory(
            self.engine, SequentialIds(), repositories=postgres_repositories(MEDIA_CONSUMERS)
        )
        self.sides = [Side(self.folder / "memory", memory), Side(self.folder / "postgres", postgres)]
        return multiple(*(self.upload_one(body, BOSS) for body in (BODIES[0], BODIES[0], BODIES[1])))

    def upload_one(self, body: bytes, by: Principal) -> Any:
        return self.both(lambda side: upload(side, body, by=by, kind="other")).id

    async def _empty(self) -> None:
        async with self.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(table.delete())

    def run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(asyncio.wait_for(work, timeout=30))

    def both(self, step: Callable[[Side], Awaitable[T]]) -> T | None:
        """Do it on both sides, which must answer the same, or refuse alike: then None."""
        return self.run(self._both(step))

    async def _both(self, step: Callable[[Side], Awaitable[T]]) -> T | None:
        memory, postgres = [await _outcome(step(side)) for side in self.sides]
        assert memory == postgres
        seen, seen_too = [await side.visible() for side in self.sides]
        assert seen == seen_too
        return None if isinstance(memory, tuple) else memory

    @rule(target=media, body=BYTES, by=PRINCIPALS)
    def upload(self, body: bytes, by: Principal) -> Any:
        return self.upload_one(body, by)

    @rule(target=media, body=BYTES, completed=st.booleans())
    def announce_and_send(self, body: bytes, completed: bool) -> Any:
        made = self.both(lambda side: presigned(side, body, file_type="image/jpeg", kind="other"))
        assert made is not None
        if completed:
            self.both(lambda side: complete(side, made.id, by=BOSS))
        return made.id

    def _made(self, made: Any) -> Any:
        return multiple() if made is None else made.id

    @rule(media_id=media)
    def complete(self, media_id: MediaId) -> None:
        self.both(lambda side: complete(side, media_id, by=BOSS))

    @rule(media_id=media, fails=st.booleans())
    def derive(self, media_id: MediaId, fails: bool) -> None:
        """As a worker ends its task: with renditions, or in failure."""
        self.both(lambda side: _derive(side, media_id, fails=fails))

    @rule(target=products, shown=st.lists(media, max_size=3), by=PRINCIPALS)
    def create_product(self, shown: list[MediaId], by: Principal) -> Any:
        command = CreateProductCommand(principal=by, title="Wine", media=_shown(shown), coa_media_id=None)
        return self._made(self.both(lambda side: side.create_product(command)))

    @rule(product_id=products, shown=st.lists(media, max_size=3), coa=st.none() | media)
    def change_product(self, product_id: Any, shown: list[MediaId], coa: MediaId | None) -> None:
        command = ChangeProductCommand(principal=BOSS, product_id=product_id, media=_shown(shown), coa_media_id=coa)
        self.both(lambda side: side.change_product(command))

    @rule(
        product_id=products, media_id=media, usage=st.sampled_from(["gallery", "main_image"]), place=st.integers(0, 2)
    )
    def attach(self, product_id: Any, media_id: MediaId, usage: str, place: int) -> None:
        shown = ShownMedia(media_id=media_id, usage_type=UsageType(usage), variant_id=None)
        command = AttachMediaCommand(principal=BOSS, product_id=product_id, shown=shown, place=place)
        self.both(lambda side: side.attach_media(command))

    @rule(product_id=products, media_id=media, usage=st.sampled_from([None, UsageType.GALLERY]))
    def detach(self, product_id: Any, media_id: MediaId, usage: UsageType | None) -> None:
        command = DetachMediaCommand(principal=BOSS, product_id=product_id, media_id=media_id, usage_type=usage)
        self.both(lambda side: side.detach_media(command))

    @rule(product_id=products, by=PRINCIPALS)
    def delete_product(self, product_id: Any, by: Principal) -> None:
        self.both(lambda side: side.delete_product(DeleteProductCommand(principal=by, product_id=product_id)))

    @rule(target=licenses, media_id=media)
    def submit_license(self, media_id: MediaId) -> Any:
        command = SubmitLicenseCommand(principal=BOSS, number="7", media_id=media_id)
        return self._made(self.both(lambda side: side.submit_license(command)))

    @rule(license_id=licenses)
    def reject_license(self, license_id: Any) -> None:
        command = DecideLicenseCommand(principal=BOSS, license_id=license_id, status=LicenseStatus.REJECTED)
        self.both(lambda side: side.decide_license(command))

    @rule(license_id=licenses)
    def delete_license(self, license_id: Any) -> None:
        self.both(lambda side: side.delete_license(DeleteLicenseCommand(principal=BOSS, license_id=license_id)))

    @rule(target=ads, shown=st.lists(media, min_size=1, max_size=2))
    def create_ad(self, shown: list[MediaId]) -> Any:
        creatives = [Creative(media_id=media_id) for media_id in shown]
        command = CreateAdCommand(principal=BOSS, title="Drink wine", creatives=creatives)
        return self._made(self.both(lambda side: side.create_ad(command)))

    @rule(ad_id=ads)
    def delete_ad(self, ad_id: Any) -> None:
        self.both(lambda side: side.delete_ad(DeleteAdCommand(principal=BOSS, ad_id=ad_id)))

    @rule(media_id=st.none() | media)
    def change_avatar(self, media_id: MediaId | None) -> None:
        command = UpdateUserCommand(principal=BOSS, user_id=OWNER, avatar_media_id=media_id)
        self.both(lambda side: side.update_user(command))

    @rule(logo=st.none() | media, banner=st.none() | media)
    def decorate_store(self, logo: MediaId | None, banner: MediaId | None) -> None:
        command = UpdateStoreCommand(principal=BOSS, store_id=STORE, logo_media_id=logo, banner_media_id=banner)
        self.both(lambda side: side.update_store(command))

    @rule(media_id=media, worked_on=st.booleans(), by=PRINCIPALS)
    def request_deletion(self, media_id: MediaId, worked_on: bool, by: Principal) -> None:
        command = RequestDeletionCommand(principal=by, media_id=media_id)
        self.both(lambda side: side.request_deletion(command))
        if worked_on:
            self.both(lambda side: side.delete_media(media_id))

    @rule()
    def run_the_deletion_worker(self) -> None:
        self.both(_delete_all)

    @rule(pause=st.sampled_from([timedelta(minutes=1), 2 * GRACE, timedelta(days=2)]))
    def sweep(self, pause: timedelta) -> None:
        for side in self.sides:
            side.clock.advance(pause)
        self.both(lambda side: side.expire_unfinished())
        self.both(lambda side: side.collect_blobs())

    @rule()
    def audit(self) -> None:
        assert [self.run(side.findings()) for side in self.sides] == [[], []]


async def _outcome(work: Awaitable[T]) -> T | tuple[str, str]:
    try:
        return await work
    except DomainError as refused:
        return (type(refused).__name__, refused.detail)


def _shown(media_ids: list[MediaId]) -> list[ShownMedia]:
    return [ShownMedia(media_id=each, usage_type=UsageType.GALLERY, variant_id=None) for each in media_ids]


async def _derive(side: Side, media_id: MediaId, *, fails: bool) -> Media | None:
    async with side.begin() as tx:
        media = await tx.media.lock(media_id)
        if media is None or media.status is not MediaStatus.UPLOADED:
            return None
        if fails:
            media.fail(Failure(code=FailureCode.UNREADABLE_MEDIA, detail="no picture"), now=side.clock.now())
        else:
            media.ready(facts=None, renditions=(), now=side.clock.now())
        await tx.media.save(media)
        await tx.commit()
    return media


async def _delete_all(side: Side) -> list[bool]:
    return [await side.delete_media(media.id) for media in await side.library() if media.status in GOING]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Of the machine's own: its steps are no coroutines."""
    loop = asyncio.new_event_loop()
    yield loop
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@pytest.mark.timeout(60 + 20 * EXAMPLES)
def test_memory_and_postgresql_show_the_same(
    loop: asyncio.AbstractEventLoop, postgres_dsn: str, tmp_path: Path
) -> None:
    engine = open_engine(postgres_dsn)
    try:
        bound = type("Bound", (Twins,), {"loop": loop, "engine": engine, "folder": tmp_path})
        run_state_machine_as_test(
            bound,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        loop.run_until_complete(engine.dispose())
