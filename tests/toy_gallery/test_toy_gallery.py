"""A consumer from outside: nothing of Vitrine was changed for it, and everything works with it."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

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
from domain.errors import Rejected
from domain.ids import StoreId
from domain.media.kind import MediaKind
from domain.media.media import Media, MediaStatus
from domain.principal import Principal, Role
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
from tests.entrypoints.http.problems import violations
from tests.postgres_databases import PostgresDatabases
from tests.toy_gallery.artwork import Artwork, ArtworkNotFound, Artworks, ArtworkTitleTaken, GalleryMedia
from tests.toy_gallery.main import create_tables
from tests.toy_gallery.registration import ARTWORKS
from tests.toy_gallery.use_cases import (
    ArtworkEditor,
    ChangeArtwork,
    CreateArtwork,
    DeleteArtwork,
    GetArtwork,
    Shown,
)

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parents[1] / "docs" / "adding_a_consumer.md"
CONSUMERS = [*MEDIA_CONSUMERS, ARTWORKS]
KEEPER = principal(OWNER, Role.OWNER)
VISITOR = principal(OWNER, Role.PHOTOGRAPHER)


def nenuphars(*media: GalleryMedia) -> Shown:
    return Shown(title="Nenuphars", media=media)


class Gallery:
    def __init__(self, begin: UnitOfWorkFactory) -> None:
        self.begin = begin
        self.clock, self.log = ManualClock(NOW), RecordingLog()
        self.entity_types = registered_types(CONSUMERS)
        reconcile = ReconcileAttachments(entity_types=self.entity_types, clock=self.clock, ids=IDS, log=self.log)
        self.reconcile = reconcile
        edit = ArtworkEditor(reconcile=reconcile)
        self.create = CreateArtwork(begin=begin, edit=edit, ids=IDS)
        self.get = GetArtwork(begin=begin)
        self.change = ChangeArtwork(begin=begin, edit=edit)
        self.delete = DeleteArtwork(begin=begin, reconcile=reconcile)
        self.delete_media = DeleteMedia(
            begin=begin,
            store=MemoryObjectStore(MemoryBucket(self.clock)),
            entity_types=self.entity_types,
            clock=self.clock,
            telemetry=RecordingTelemetry(),
            log=self.log,
        )
        self.audit = AuditUses(begin=begin, entity_types=self.entity_types, clock=self.clock, ids=IDS)

    async def media(self, **changes: object) -> Media:
        async with self.begin() as tx:
            blob = await tx.blobs.obtain(build_blob())
            media = ready_media(blob, **changes)
            await tx.blobs.save(blob)
            await tx.media.save(media)
            await tx.commit()
        return media

    async def uses(self, media: Media) -> list[tuple[str, UUID]]:
        async with self.begin() as tx:
            return [(use.entity_type, use.entity_id) for use in await tx.attachments.of_media(media.id)]


@pytest.fixture
async def postgres_gallery(postgres_databases: PostgresDatabases) -> AsyncIterator[Gallery]:
    async with postgres_databases.fresh() as dsn:
        await create_tables(dsn)
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


async def test_shown_and_deleted_it_is_in_the_ledger_and_out_of_it(gallery: Gallery) -> None:
    first, second = await gallery.media(), await gallery.media()

    artwork = await gallery.create(KEEPER, nenuphars(GalleryMedia(media_id=first.id, is_primary=True)))
    assert await gallery.uses(first) == [("gallery", artwork.id)]
    await gallery.change(KEEPER, artwork.id, nenuphars(GalleryMedia(media_id=second.id)))
    assert await gallery.uses(first) == []
    assert await gallery.uses(second) == [("gallery", artwork.id)]

    await gallery.delete(KEEPER, artwork.id)
    assert await gallery.uses(second) == []
    with pytest.raises(ArtworkNotFound):
        await gallery.get(KEEPER, artwork.id)


async def test_two_of_one_title_are_refused_also_at_once(gallery: Gallery) -> None:
    tries = [gallery.create(KEEPER, nenuphars()) for _ in range(5)]
    made = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in made].count(Artwork) == 1
    assert [type(each) for each in made].count(ArtworkTitleTaken) == 4


async def test_what_is_confidential_is_shown_to_nobody(gallery: Gallery) -> None:
    paper = await gallery.media(kind=MediaKind.LICENSE_DOC)
    with pytest.raises(Rejected) as refused:
        await gallery.create(KEEPER, nenuphars(GalleryMedia(media_id=paper.id)))
    assert [violation.code for violation in refused.value.violations] == ["CONFIDENTIAL_MEDIA"]
    assert await gallery.uses(paper) == []


async def test_what_is_no_picture_is_refused_and_nothing_is_written(gallery: Gallery) -> None:
    document = await gallery.media(mime_type="application/pdf")
    with pytest.raises(Rejected) as refused:
        await gallery.create(KEEPER, nenuphars(GalleryMedia(media_id=document.id)))
    assert [violation.code for violation in refused.value.violations] == ["MEDIA_TYPE_NOT_ALLOWED"]
    assert await gallery.uses(document) == []


async def test_the_deletion_worker_takes_a_media_out_of_it(gallery: Gallery) -> None:
    going, staying = await gallery.media(), await gallery.media()
    shown = [
        GalleryMedia(media_id=going.id, is_primary=True, caption="front"),
        GalleryMedia(media_id=staying.id),
    ]
    made = await gallery.create(KEEPER, nenuphars(*shown))
    async with gallery.begin() as tx:
        media = await tx.media.lock(going.id)
        assert media is not None
        media.request_deletion(now=NOW)
        await tx.media.save(media)
        await tx.commit()

    assert await gallery.delete_media(going.id)

    artwork = await gallery.get(KEEPER, made.id)
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
    media, plan = await gallery.media(), await gallery.media(mime_type="application/pdf")
    body = {"title": "Nenuphars", "media": [{"mediaId": str(media.id), "isPrimary": True, "caption": None}]}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC_URL) as client:

        async def ask(method: str, path: str = "", body: object = None, who: Principal = KEEPER) -> httpx.Response:
            headers = {"authorization": f"Bearer {issue_token(SECRET, who, timedelta(hours=1), NOW)}"}
            return await client.request(method, f"/api/v2/artworks{path}", json=body, headers=headers)

        made = await ask("POST", body=body)
        assert made.status_code == 201, made.text
        at = f"/{made.json()['artworkId']}"
        assert (await ask("GET", at)).json() == made.json() == {"artworkId": at[1:], **body}
        assert len(await gallery.uses(media)) == 1

        foreigner = principal(OWNER, Role.OWNER, store=StoreId(IDS.new()))
        assert {(await ask(method, at, who=foreigner)).status_code for method in ("GET", "DELETE")} == {404}
        assert (await ask("PUT", at, body, who=foreigner)).json()["code"] == "ARTWORK_NOT_FOUND"
        assert (await ask("PUT", at, body, who=VISITOR)).json()["code"] == "NOT_PERMITTED"
        assert (await ask("POST", body=body)).json()["code"] == "ARTWORK_TITLE_TAKEN"
        planned = {"title": "Plan", "media": [{"mediaId": str(plan.id)}]}
        assert violations(await ask("POST", body=planned)) == {("/media/0/mediaId", "MEDIA_TYPE_NOT_ALLOWED")}
        assert violations(await ask("PUT", at, {**body, "title": ""})) == {("/title", "LENGTH")}

        assert (await ask("PUT", at, {**body, "media": []})).status_code == 200
        assert await gallery.uses(media) == []
        assert (await ask("DELETE", at)).status_code == 204
        assert (await ask("GET", at)).status_code == 404


def test_the_document_shows_this_very_code() -> None:
    shown = dict(re.findall(r"`gallery/([a-z_.]+)`\n\n```(?:python|sql)\n(.*?)```", DOCUMENT.read_text(), re.DOTALL))
    files = {file.name: file.read_text() for file in FOLDER.iterdir() if file.suffix in {".py", ".sql"}}
    del files["__init__.py"], files[Path(__file__).name]

    assert {name: code.replace("tests.toy_gallery", "gallery") for name, code in files.items()} == shown
