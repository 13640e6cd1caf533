"""`vitrine seed` beside a running `vitrine run`: what clients see afterwards, and what a second run finds."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import psutil
import pytest

from adapters.auth.jwt import issue_token
from domain.ids import StoreId, UserId
from domain.principal import Principal, Role
from entrypoints.seeding.contexts import CONTEXTS
from tests import media as samples
from tests.adapters.web.site import Site, open_site, page
from tests.entrypoints.cli.fixture_folder import FixtureFolder
from tests.entrypoints.cli.program import Outcome, Program, uuids
from tests.system.answers import accepted
from tests.system.conftest import SITES
from tests.system.vitrine_process import JWT_SECRET, VitrineProcess, running_vitrine
from tests.system.waiting import eventually

Json = dict[str, Any]
IMAGES = {"image/jpeg", "image/png", "image/webp"}
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
async def seeded() -> AsyncIterator[VitrineProcess]:
    """One of its own, so that an audit looks at what was seeded and nothing else; tests differ by store."""
    async with running_vitrine(web_allowed_networks=SITES) as vitrine:
        yield vitrine


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_site() as site:
        yield site


@pytest.fixture
def fixtures(tmp_path: Path, site: Site) -> FixtureFolder:
    """The built-in ones, whose address leads to the site."""
    folder = FixtureFolder(tmp_path / "fixtures")
    url = site.serve("/screw", page(b"<!doctype html><title>Screws</title>", Content_Type="text/html"))
    folder.change("attachments", "socket-standard", lambda entry: entry.update(url=url))
    return folder


@pytest.fixture
def program(seeded: VitrineProcess, tmp_path: Path) -> Program:
    return Program(
        tmp_path,
        data_dir=str(seeded.data),
        port=str(seeded.port),
        jwt_secret=JWT_SECRET,
        web_allowed_networks=SITES,
    )


class Shop:
    """A store of its own, as somebody sees it who may see all of it."""

    def __init__(self, http: httpx.AsyncClient, store_id: UUID) -> None:
        self.store_id = store_id
        principal = Principal(user_id=UserId(uuid4()), store_id=StoreId(store_id), roles=frozenset(Role))
        token = issue_token(JWT_SECRET, principal, timedelta(hours=1), datetime.now(UTC))
        self._http, self._headers = http, {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, **parameters: str) -> Json:
        answer = await self._http.get(f"/api/v2/{path}", params=parameters, headers=self._headers)
        return dict(accepted(answer))

    async def all(self, name: str) -> list[Json]:
        return list((await self.get(name, limit="100"))[name])

    async def media(self) -> list[Json]:
        """Those that have arrived."""
        return [each for each in await self.all("media") if each["status"] != "PENDING"]

    async def attachments(self, owner: Json) -> list[Json]:
        return list((await self.get(f"attachment-sets/{owner['attachmentSetId']}"))["attachments"])

    async def cover(self, owner: Json) -> str | None:
        found = (await self.get(f"attachment-sets/{owner['attachmentSetId']}/cover"))["cover"]
        return None if found is None else str(found["title"])


@pytest.fixture
async def shop(seeded: VitrineProcess) -> AsyncIterator[Shop]:
    async with open_shop(seeded) as shop:
        yield shop


@asynccontextmanager
async def open_shop(vitrine: VitrineProcess) -> AsyncIterator[Shop]:
    async with httpx.AsyncClient(base_url=vitrine.url, timeout=30) as http:
        yield Shop(http, uuid4())


def tallies(outcome: Outcome) -> dict[str, tuple[int, int]]:
    """By context: loaded by this run, and there already."""
    assert outcome.code == 0, outcome
    names = {context.name for context in CONTEXTS}
    rows = [line.split() for line in outcome.output.splitlines()]
    return {row[0]: (int(row[1]), int(row[2])) for row in rows if row and row[0] in names}


async def assert_complete(shop: Shop, fixtures: FixtureFolder) -> None:
    """Everything once."""
    files = [entry for entry in fixtures.entries("attachments") if "file" in entry]
    assert len(await shop.media()) == len(fixtures.entries("media")) + len(files)
    for name, field in (("products", "title"), ("licenses", "number"), ("ads", "title")):
        assert sorted(each[field] for each in await shop.all(name)) == sorted(
            each[field] for each in fixtures.entries(name)
        )
    owners = {each["name"]: each for name in ("parts", "kits") for each in await shop.all(name)}
    entries = [*fixtures.entries("parts"), *fixtures.entries("kits")]
    assert sorted(owners) == sorted(each["name"] for each in entries)
    for entry in entries:
        titles = [
            each["title"]
            for each in fixtures.entries("attachments")
            if each["attachmentSet"] == entry.get("attachmentSet")
        ]
        assert sorted(each["title"] for each in await shop.attachments(owners[entry["name"]])) == sorted(titles)


async def test_what_was_seeded_is_what_clients_see(
    seeded: VitrineProcess, program: Program, fixtures: FixtureFolder, shop: Shop, site: Site
) -> None:
    outcome = await program.run_apart("seed", fixtures.path, "--store", str(shop.store_id))

    assert tallies(outcome) == {context.name: (len(fixtures.entries(context.name)), 0) for context in CONTEXTS}
    await assert_complete(shop, fixtures)
    parts = {part["name"]: part for part in await shop.all("parts")}
    (kit,) = await shop.all("kits")
    assert parts["Base, brass"]["coverUrl"] is None
    assert await shop.cover(parts["Shade, green"]) == "On a lamp"
    assert await shop.cover(parts["Socket E27"]) == "Photo"
    assert await shop.cover(kit) == "Assembly"
    async with httpx.AsyncClient(timeout=30) as web:
        for owner in (parts["Shade, green"], parts["Socket E27"]):
            assert (await web.get(owner["coverUrl"])).headers["Content-Type"].startswith("image/")
    store = await shop.get(f"stores/{shop.store_id}")
    assert store["logoMediaId"] is not None
    assert store["bannerMediaId"] is not None
    await assert_calls_work(outcome, seeded, fixtures)
    await assert_worked_on(shop, site)
    audit = await program.run_apart("audit")
    assert audit.code == 0, audit


async def assert_calls_work(outcome: Outcome, vitrine: VitrineProcess, fixtures: FixtureFolder) -> None:
    """Those that are printed, with the token that is printed."""
    token = next(line for line in outcome.output.splitlines() if line.startswith("TOKEN=")).removeprefix("TOKEN=")
    calls = [line.split()[-1] for line in outcome.output.splitlines() if line.startswith("curl ")]
    assert calls[0] == f"{vitrine.url}/api/v2/parts"
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        answers = [accepted(await http.get(call)) for call in calls]
    assert len(answers[0]["parts"]) == len(fixtures.entries("parts"))


async def assert_worked_on(shop: Shop, site: Site) -> None:
    """Thumbnails, the delivery and the address are the workers' business."""

    async def derived() -> bool:
        images = [each for each in await shop.media() if each["mimeType"] in IMAGES]
        return all(each["status"] == "READY" and each["thumbnail"] for each in images)

    async def fetched() -> bool:
        (socket,) = [each for each in await shop.all("parts") if each["name"] == "Socket E27"]
        (link,) = [each for each in await shop.attachments(socket) if each["type"] == "URL"]
        return bool(link["fetchStatus"] == "FETCHED")

    async def delivered() -> bool:
        listing_id = uuid5(shop.store_id, "listings/house-in-the-hills")
        (batch,) = (await shop.get("listings/media/uploads", listingId=str(listing_id)))["batches"]
        return bool(batch["batchReference"] == "first-delivery" and batch["status"] == "READY")

    await eventually(delivered, within=120, expecting="the delivery is READY")
    await eventually(derived, within=120, expecting="all images are READY")
    await eventually(fetched, within=60, expecting="the address has been fetched")
    assert [head.split(" ")[1] for head in site.heads] == ["/screw"]


async def test_a_second_run_brings_what_is_missing_and_leaves_the_rest_alone(
    program: Program, fixtures: FixtureFolder, shop: Shop
) -> None:
    first = tallies(await program.run("seed", fixtures.path, "--store", str(shop.store_id)))
    before = [await shop.all(name) for name in ("products", "licenses", "ads")]
    fixtures.add("parts", key="plug", name="Plug")
    fixtures.change("stores", "halden-lamps", lambda entry: entry.pop("banner"))

    second = tallies(await program.run("seed", fixtures.path, "--store", str(shop.store_id)))

    there = {name: (0, loaded) for name, (loaded, _) in first.items()}
    assert second == there | {"parts": (1, first["parts"][0])}
    assert [await shop.all(name) for name in ("products", "licenses", "ads")] == before
    assert (await shop.get(f"stores/{shop.store_id}"))["bannerMediaId"] is not None
    await assert_complete(shop, fixtures)


async def test_killed_twice_on_its_way_it_is_completed_by_the_next_run(
    program: Program, fixtures: FixtureFolder, shop: Shop
) -> None:
    """Among the media, whose files are uploaded; and among what comes last and refers to all of them."""
    command = ("seed", fixtures.path, "--store", str(shop.store_id))

    await killed_once_there_are(4, "media", program.start(*command), shop)
    arrived = {each["mediaId"] for each in await shop.media()}
    await killed_once_there_are(1, "kits", program.start(*command), shop)
    finished = tallies(await program.run(*command))

    assert len(arrived) >= 3
    assert arrived <= {each["mediaId"] for each in await shop.media()}, "what had arrived stays"
    assert finished["media"] == (0, len(fixtures.entries("media")))
    await assert_complete(shop, fixtures)
    again = tallies(await program.run(*command))
    assert all(loaded == 0 for loaded, _ in again.values())


async def until_there_are(least: int, name: str, shop: Shop) -> None:
    async def well_begun() -> bool:
        return len(await shop.all(name)) >= least

    await eventually(well_begun, within=100, expecting=f"{least} of {name}", every=0.05)


async def killed_once_there_are(least: int, name: str, process: psutil.Popen, shop: Shop) -> None:
    try:
        await until_there_are(least, name, shop)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)


async def test_a_second_run_at_once_is_refused_and_nothing_is_there_twice(
    program: Program, fixtures: FixtureFolder, shop: Shop
) -> None:
    command = ("seed", fixtures.path, "--store", str(shop.store_id))
    first = program.start(*command)
    await until_there_are(1, "media", shop)
    first.suspend()

    refused = await program.run(*command)
    first.resume()
    output, notices = await asyncio.to_thread(first.communicate, timeout=100)

    assert (refused.code, refused.output) == (1, "")
    assert "another `vitrine seed` is loading this store" in refused.notices
    finished = tallies(Outcome(code=first.returncode, output=output, notices=notices))
    assert finished == {context.name: (len(fixtures.entries(context.name)), 0) for context in CONTEXTS}
    await assert_complete(shop, fixtures)


async def test_a_media_that_has_failed_is_told_and_not_uploaded_again(
    program: Program, fixtures: FixtureFolder, shop: Shop
) -> None:
    """Its head is sound, and of a film no more is looked at before it is stored."""
    (fixtures.files / "torn.mp4").write_bytes(samples.truncated(samples.video()))
    fixtures.add("media", key="torn", file="torn.mp4", kind="product")
    command = ("seed", fixtures.path, "--store", str(shop.store_id))
    assert (await program.run(*command)).code == 0

    async def torn() -> list[Json]:
        return [each for each in await shop.all("media") if each["originalName"] == "torn.mp4"]

    async def failed() -> bool:
        return [each["status"] for each in await torn()] == ["FAILED"]

    await eventually(failed, within=100, expecting="it has FAILED")
    (media,) = await torn()

    again = await program.run(*command)

    assert (again.code, again.output) == (1, "")
    assert f"media.json, torn: media {media['mediaId']} has failed" in again.notices
    assert await torn() == [media]


async def test_nothing_is_loaded_where_a_key_leads_nowhere(
    program: Program, fixtures: FixtureFolder, shop: Shop
) -> None:
    fixtures.change("attachments", "kit-lamp", lambda entry: entry.update(media="lamp-fornt"))

    outcome = await program.run("seed", fixtures.path, "--store", str(shop.store_id))

    assert outcome.code == 2
    assert 'attachments.json, kit-lamp, media: there is no "lamp-fornt" in media.json' in outcome.notices
    assert 'did you mean "lamp-front"?' in outcome.notices
    assert [await shop.all(name) for name in ("media", "products", "parts", "kits")] == [[], [], [], []]


async def test_what_only_the_store_can_refuse_is_named_and_the_next_run_goes_on(
    program: Program, fixtures: FixtureFolder, shop: Shop
) -> None:
    """A picture that begins as one and cannot be opened."""
    picture = fixtures.files / "oil-bottle.png"
    sound = picture.read_bytes()
    picture.write_bytes(sound[:20])

    refused = await program.run("seed", fixtures.path, "--store", str(shop.store_id))
    picture.write_bytes(samples.png())
    mended = await program.run("seed", fixtures.path, "--store", str(shop.store_id))

    assert (refused.code, refused.output) == (1, "")
    assert "media.json, oil-bottle: " in refused.notices
    assert "the same command goes on from there" in refused.notices
    assert uuids(refused.notices) == []
    assert 0 < tallies(mended)["media"][1] < len(fixtures.entries("media"))
    await assert_complete(shop, fixtures)
