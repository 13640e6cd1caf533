"""A consumer from outside: nothing of Vitrine was changed for it, and everything works with it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from adapters.auth.jwt import JwtVerifier, issue_token
from adapters.memory.clock import ManualClock
from adapters.memory.database import MemoryDatabase
from adapters.memory.storage import MemoryBucket, MemoryObjectStore
from adapters.memory.unit_of_work import MemoryUnitOfWorkFactory
from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.attachments.delete_media import DeleteMedia
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.audit.audit_uses import AuditUses
from application.audit.finding import Drift
from application.unit_of_work import UnitOfWorkFactory
from domain.media.media import Media, MediaStatus
from domain.principal import Role
from entrypoints.http.app import create_app
from entrypoints.http.services import HttpSettings
from entrypoints.media_consumers.media_consumer import (
    memory_repositories,
    postgres_repositories,
    registered_types,
)
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.application.stubs import RecordingLog, RecordingTelemetry
from tests.application.world import principal
from tests.builders import IDS, NOW, OWNER, build_blob, ready_media
from tests.entrypoints.http.api import PUBLIC_URL, SECRET, Api
from tests.postgres_databases import PostgresDatabases
from tests.toy_gallery.artwork import Artwork, Artworks, GalleryMedia
from tests.toy_gallery.registration import ARTWORKS
from tests.toy_gallery.show_artwork import RemoveArtwork, ShowArtwork

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parents[1] / "docs" / "adding_a_consumer.md"
CONSUMERS = [*MEDIA_CONSUMERS, ARTWORKS]
KEEPER = principal(OWNER, Role.OWNER)


class Gallery:
    def __init__(self, begin: UnitOfWorkFactory) -> None:
        self.begin = begin
        self.clock, self.log = ManualClock(NOW), RecordingLog()
        self.entity_types = registered_types(CONSUMERS)
        reconcile = ReconcileAttachments(entity_types=self.entity_types, clock=self.clock, ids=IDS, log=self.log)
        self.reconcile = reconcile
        self.show = ShowArtwork(begin=begin, reconcile=reconcile)
        self.remove = RemoveArtwork(begin=begin, reconcile=reconcile)
        self.delete_media = DeleteMedia(
            begin=begin,
            store=MemoryObjectStore(MemoryBucket(self.clock)),
            entity_types=self.entity_types,
            clock=self.clock,
            telemetry=RecordingTelemetry(),
            log=self.log,
        )
        self.audit = AuditUses(begin=begin, entity_types=self.entity_types, clock=self.clock, ids=IDS)

    async def media(self) -> Media:
        async with self.begin() as tx:
            blob = await tx.blobs.obtain(build_blob())
            media = ready_media(blob)
            await tx.blobs.save(blob)
            await tx.media.save(media)
            await tx.commit()
        return media

    async def artwork(self, artwork_id: UUID) -> Artwork | None:
        async with self.begin() as tx:
            return await tx.repository(Artworks).lock(artwork_id)

    async def uses(self, media: Media) -> list[tuple[str, UUID]]:
        async with self.begin() as tx:
            return [(use.entity_type, use.entity_id) for use in await tx.attachments.of_media(media.id)]


@pytest.fixture
async def postgres_gallery(postgres_databases: PostgresDatabases) -> AsyncIterator[Gallery]:
    async with postgres_databases.fresh() as dsn:
        connection = await asyncpg.connect(dsn, timeout=10, command_timeout=10)
        await connection.execute((FOLDER / "tables.sql").read_text())
        await connection.close(timeout=10)
        engine = open_engine(dsn)
        yield Gallery(PostgresUnitOfWorkFactory(engine, IDS, repositories=postgres_repositories(CONSUMERS)))
        await engine.dispose()


@pytest.fixture
def memory_gallery() -> Gallery:
    return Gallery(MemoryUnitOfWorkFactory(MemoryDatabase(), IDS, repositories=memory_repositories(CONSUMERS)))


@pytest.fixture(params=["memory", "postgres"])
def gallery(request: pytest.FixtureRequest) -> Gallery:
    found = request.getfixturevalue(f"{request.param}_gallery")
    assert isinstance(found, Gallery)
    return found


async def test_shown_and_removed_it_is_in_the_ledger_and_out_of_it(gallery: Gallery) -> None:
    first, second, artwork_id = await gallery.media(), await gallery.media(), IDS.new()

    await gallery.show(KEEPER, artwork_id, "Nenuphars", [GalleryMedia(media_id=first.id, is_primary=True)])
    await gallery.show(KEEPER, artwork_id, "Nenuphars", [GalleryMedia(media_id=second.id)])
    assert await gallery.uses(first) == []
    assert await gallery.uses(second) == [("gallery", artwork_id)]

    await gallery.remove(KEEPER, artwork_id)
    assert await gallery.uses(second) == []
    assert await gallery.artwork(artwork_id) is None


async def test_the_deletion_worker_takes_a_media_out_of_it(gallery: Gallery) -> None:
    going, staying, artwork_id = await gallery.media(), await gallery.media(), IDS.new()
    shown = [
        GalleryMedia(media_id=going.id, is_primary=True, caption="front"),
        GalleryMedia(media_id=staying.id),
    ]
    await gallery.show(KEEPER, artwork_id, "Nenuphars", shown)
    async with gallery.begin() as tx:
        media = await tx.media.lock(going.id)
        assert media is not None
        media.request_deletion(now=NOW)
        await tx.media.save(media)
        await tx.commit()

    assert await gallery.delete_media(going.id)

    artwork = await gallery.artwork(artwork_id)
    assert artwork is not None
    assert artwork.media == (GalleryMedia(media_id=staying.id, is_primary=True),)
    async with gallery.begin() as tx:
        buried = await tx.media.find(going.id)
    assert buried is not None
    assert buried.status is MediaStatus.DELETED


async def test_an_audit_compares_it_too(gallery: Gallery) -> None:
    media, artwork_id = await gallery.media(), IDS.new()
    async with gallery.begin() as tx:
        artwork = Artwork(id=artwork_id, store_id=KEEPER.store_id, title="A", media=(GalleryMedia(media_id=media.id),))
        await tx.repository(Artworks).save(artwork)
        await tx.commit()

    assert [each.drift async for each in gallery.audit(repair=True)] == [Drift.UNRECORDED_USE]
    assert await gallery.uses(media) == [("gallery", artwork_id)]
    assert [each.drift async for each in gallery.audit(repair=True)] == []


async def test_its_endpoints_stand_beside_the_others(memory_gallery: Gallery, tmp_path: Path) -> None:
    gallery, verifier = memory_gallery, JwtVerifier(secret=SECRET, now=lambda: NOW)
    api = Api(tmp_path / "work")
    tools = replace(
        api.toolbox(),
        begin=gallery.begin,
        reconcile=gallery.reconcile,
        token_verifier=verifier,
        clock=gallery.clock,
        ids=IDS,
        log=gallery.log,
    )
    services = api.services()
    routers = [router for consumer in CONSUMERS for router in consumer.routers(tools)]
    app = create_app(replace(services, consumer_routers=routers), HttpSettings(public_url=PUBLIC_URL))
    media, artwork_id = await gallery.media(), IDS.new()
    headers = {"authorization": f"Bearer {issue_token(SECRET, KEEPER, timedelta(hours=1), NOW)}"}
    body = {"title": "Nenuphars", "media": [{"mediaId": str(media.id), "isPrimary": True}]}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC_URL) as client:
        shown = await client.put(f"/api/v2/artworks/{artwork_id}", json=body, headers=headers)
        assert shown.status_code == 204, shown.text
        assert await gallery.uses(media) == [("gallery", artwork_id)]
        assert (await client.delete(f"/api/v2/artworks/{artwork_id}", headers=headers)).status_code == 204
        assert await gallery.uses(media) == []


def test_the_document_shows_this_very_code() -> None:
    shown = dict(re.findall(r"`gallery/([a-z_.]+)`\n\n```(?:python|sql)\n(.*?)```", DOCUMENT.read_text(), re.DOTALL))
    files = {file.name: file.read_text() for file in FOLDER.iterdir() if file.suffix in {".py", ".sql"}}
    del files["__init__.py"], files[Path(__file__).name]

    assert {name: code.replace("tests.toy_gallery", "gallery") for name, code in files.items()} == shown
