"""Parts and kits: each has a set from the start, and takes it along in the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.postgres.unit_of_work import PostgresUnitOfWork
from application.unit_of_work import UnitOfWorkFactory
from tests.application.media.sending import all_media, file_of
from tests.builders import IDS
from tests.consumers.shop import CUSTOMER, KEEPER, STRANGER
from tests.consumers.workshop import ATTACHMENT, PAGE, Workshop, set_path
from tests.entrypoints.http.forms import file, form
from tests.entrypoints.http.problems import violations

CREATED_AT = "2025-05-04T12:30:15.123456Z"


@dataclass(frozen=True)
class Sort:
    """`noun` in the singular, as ids and codes have it."""

    noun: str

    @property
    def path(self) -> str:
        return f"/{self.noun}s"

    @property
    def not_found(self) -> str:
        return f"{self.noun.upper()}_NOT_FOUND"

    def id_of(self, body: dict[str, Any]) -> str:
        return str(body[f"{self.noun}Id"])

    def one(self, body: dict[str, Any]) -> str:
        return f"{self.path}/{self.id_of(body)}"


SORTS = [Sort("part"), Sort("kit")]
every_sort = pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.noun)


async def new(workshop: Workshop, sort: Sort, name: str = "Oil lamp") -> dict[str, Any]:
    created: dict[str, Any] = await workshop.shop.done("POST", sort.path, {"name": name})
    return created


@every_sort
async def test_it_is_created_with_a_set_of_its_own(workshop: Workshop, sort: Sort) -> None:
    answer = await workshop.shop.ask("POST", sort.path, {"name": "Oil lamp"})

    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"/api/v2{sort.one(body)}"
    assert body == {
        f"{sort.noun}Id": sort.id_of(body),
        "name": "Oil lamp",
        "attachmentSetId": body["attachmentSetId"],
        "coverUrl": None,
        "createdAt": CREATED_AT,
        "updatedAt": CREATED_AT,
    }
    assert await workshop.shop.done("GET", sort.one(body)) == body
    assert await workshop.attached(set_path(body)) == []
    assert (await new(workshop, sort))["attachmentSetId"] != body["attachmentSetId"]


@every_sort
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("/name", "MISSING_FIELD")}),
        ({"name": ""}, {("/name", "LENGTH")}),
        ({"name": "  "}, {("/name", "LENGTH")}),
        ({"name": "x" * 256}, {("/name", "LENGTH")}),
        ({"name": "a\tb"}, {("/name", "CONTROL_CHARACTERS")}),
        ({"name": None}, {("/name", "WRONG_TYPE")}),
        ({"name": "Lamp", "attachmentSetId": str(IDS.new())}, {("/attachmentSetId", "UNKNOWN_FIELD")}),
    ],
)
async def test_a_name_that_cannot_be_used_makes_nothing(
    workshop: Workshop, sort: Sort, body: object, expected: set[tuple[str, str]]
) -> None:
    assert violations(await workshop.shop.ask("POST", sort.path, body)) == expected
    assert (await workshop.shop.done("GET", sort.path))[f"{sort.noun}s"] == []


@every_sort
async def test_pages_are_newest_first(workshop: Workshop, sort: Sort) -> None:
    created = [sort.id_of(await new(workshop, sort)) for _ in range(5)]
    pages, cursor = [], {}
    for _ in range(3):
        pages.append(await workshop.shop.done("GET", sort.path, limit="2", **cursor))
        cursor = {"cursor": pages[-1]["nextCursor"]}

    assert [sort.id_of(each) for page in pages for each in page[f"{sort.noun}s"]] == created[::-1]
    assert [len(page[f"{sort.noun}s"]) for page in pages] == [2, 2, 1]
    assert pages[-1]["nextCursor"] is None


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"limit": "0"}, "/limit"),
        ({"limit": "101"}, "/limit"),
        ({"limit": "x"}, "/limit"),
        ({"cursor": "x"}, "/cursor"),
    ],
)
async def test_a_page_that_there_cannot_be_is_refused(workshop: Workshop, given: dict[str, str], pointer: str) -> None:
    for sort in SORTS:
        answer = await workshop.shop.ask("GET", sort.path, **given)
        assert {at for at, _ in violations(answer)} == {pointer}


@every_sort
async def test_for_another_store_there_is_none(workshop: Workshop, sort: Sort) -> None:
    created = await new(workshop, sort)
    attached = await workshop.image(set_path(created))

    for where, who in ((sort.one(created), STRANGER), (f"{sort.path}/{IDS.new()}", KEEPER)):
        await workshop.shop.refused(404, sort.not_found, "GET", where, who=who)
        await workshop.shop.refused(404, sort.not_found, "DELETE", where, who=who)
        body = {"attachmentId": attached["attachmentId"]}
        await workshop.shop.refused(404, sort.not_found, "POST", f"{where}/attachments", body, who=who)
    assert (await workshop.shop.done("GET", sort.path, who=STRANGER))[f"{sort.noun}s"] == []
    assert await workshop.attached(set_path(created)) == [attached["attachmentId"]]


async def test_a_part_is_no_kit(workshop: Workshop) -> None:
    part, kit = await workshop.part(), await workshop.kit()

    await workshop.shop.refused(404, "KIT_NOT_FOUND", "GET", f"/kits/{part['partId']}")
    await workshop.shop.refused(404, "PART_NOT_FOUND", "DELETE", f"/parts/{kit['kitId']}")


@every_sort
async def test_customers_look_and_do_not_touch(workshop: Workshop, sort: Sort) -> None:
    created = await new(workshop, sort)
    attached = await workshop.image(set_path(created))

    shown = await workshop.shop.done("GET", sort.one(created), who=CUSTOMER)
    [listed] = (await workshop.shop.done("GET", sort.path, who=CUSTOMER))[f"{sort.noun}s"]

    assert shown["coverUrl"] == listed["coverUrl"] == attached["previewUrl"]
    for method, path, body in (
        ("POST", sort.path, {"name": "Mine"}),
        ("DELETE", sort.one(created), None),
        ("POST", f"{sort.one(created)}/attachments", {"attachmentId": attached["attachmentId"]}),
    ):
        await workshop.shop.refused(403, "NOT_PERMITTED", method, path, body, who=CUSTOMER)


@every_sort
async def test_deleted_it_takes_its_set_along_and_releases_its_media(workshop: Workshop, sort: Sort) -> None:
    created, other = await new(workshop, sort), await new(workshop, sort)
    path = set_path(created)
    attached = [await workshop.image(path), await workshop.pdf(path)]
    await workshop.attach(path, url=PAGE)
    kept = await workshop.image(set_path(other))

    await workshop.shop.done("DELETE", sort.one(created))

    await workshop.shop.refused(404, sort.not_found, "GET", sort.one(created))
    await workshop.shop.refused(404, sort.not_found, "DELETE", sort.one(created))
    for where in ("", "/attachments", "/cover", f"/attachments/{attached[0]['attachmentId']}"):
        await workshop.shop.refused(404, "ATTACHMENT_SET_NOT_FOUND", "GET", f"{path}{where}")
    await workshop.shop.refused(404, "ATTACHMENT_SET_NOT_FOUND", "POST", f"{path}/attachments", {"url": PAGE})
    assert await workshop.shop.used(ATTACHMENT) == {kept["mediaId"]}
    unused = (await workshop.shop.done("GET", "/media", unused="true"))["media"]
    assert {each["mediaId"] for each in unused} == {each["mediaId"] for each in attached}
    again = await workshop.attach(set_path(other), mediaId=attached[0]["mediaId"])
    assert again["mediaId"] == attached[0]["mediaId"]
    told = workshop.shop.api.telemetry.of("attachment_deleted")
    assert told == [("IMAGE", True), ("PDF", False), ("URL", False)]


@every_sort
async def test_it_is_deleted_once(workshop: Workshop, sort: Sort) -> None:
    created = await new(workshop, sort)
    await workshop.image(set_path(created))

    answers = await asyncio.gather(*(workshop.shop.ask("DELETE", sort.one(created)) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 9
    assert await workshop.shop.ledger() == []


async def test_deleted_beside_uploads_nothing_is_left_over(workshop: Workshop) -> None:
    part = await workshop.part()
    bodies = [file_of(name=f"picture {number}") for number in range(10)]

    answers = await asyncio.gather(
        *(workshop.send(f"{set_path(part)}/attachments", form(file(body))) for body in bodies),
        workshop.shop.ask("DELETE", f"/parts/{part['partId']}"),
    )

    *statuses, deleted = [answer.status_code for answer in answers]
    assert (set(statuses) <= {201, 404}, deleted) == (True, 204)
    assert await workshop.shop.ledger() == []
    assert len(await all_media(workshop.shop.api)) == statuses.count(201), "those that had arrived are released"


# What it costs.


class Watched(UnitOfWorkFactory):
    """`said` is the first word of each statement that is sent to PostgreSQL, in order."""

    def __init__(self, begin: UnitOfWorkFactory) -> None:
        self._begin = begin
        self.said: list[str] = []

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[PostgresUnitOfWork]:
        async with self._begin() as tx:
            assert isinstance(tx, PostgresUnitOfWork)
            driver = tx._connection.driver_connection
            with driver.query_logger(lambda sent: self.said.append(sent.query.split()[0])):
                yield tx
                await asyncio.sleep(0)  # the driver tells of them a moment later


async def statements_of(workshop: Workshop, path: str) -> list[str]:
    api = workshop.shop.api
    before, watched = api.begin, Watched(api.begin)
    await workshop.shop.done("GET", path)  # of each connection the driver asks once what its types are
    api.begin = watched
    await workshop.shop.done("GET", path)
    api.begin = before
    return watched.said


@every_sort
async def test_a_page_is_one_question_however_many_covers_it_shows(postgres_workshop: Workshop, sort: Sort) -> None:
    workshop = postgres_workshop
    assert await statements_of(workshop, sort.path) == ["SELECT"]
    for number in range(12):
        await workshop.image(set_path(await new(workshop, sort)), f"picture {number}")
    assert len((await workshop.shop.done("GET", sort.path))[f"{sort.noun}s"]) == 12

    assert await statements_of(workshop, sort.path) == ["SELECT"]


async def test_a_set_is_two_questions_however_much_is_in_it(postgres_workshop: Workshop) -> None:
    workshop = postgres_workshop
    path = await workshop.new_set()
    for number in range(12):
        await workshop.image(path, f"picture {number}")

    assert await statements_of(workshop, path) == ["SELECT", "SELECT"]


# Copies.


@pytest.mark.parametrize("source", SORTS, ids=lambda sort: f"from {sort.noun}")
@pytest.mark.parametrize("target", SORTS, ids=lambda sort: f"to {sort.noun}")
async def test_a_copy_shares_its_bytes(workshop: Workshop, source: Sort, target: Sort) -> None:
    original = await workshop.image(set_path(await new(workshop, source)), title="Front")
    receiver = await new(workshop, target)

    answer = await workshop.shop.ask(
        "POST", f"{target.one(receiver)}/attachments", {"attachmentId": original["attachmentId"]}
    )

    assert answer.status_code == 201, answer.text
    copy = answer.json()
    assert copy["attachmentId"] != original["attachmentId"]
    assert copy == original | {"attachmentId": copy["attachmentId"]}
    assert await workshop.attached(set_path(receiver)) == [copy["attachmentId"]]
    assert await workshop.cover(set_path(receiver)) == copy["attachmentId"]
    assert len(await all_media(workshop.shop.api)) == len(workshop.shop.api.bucket.objects) == 1
    assert set(await workshop.shop.uses(original["mediaId"])) == {
        (ATTACHMENT, original["attachmentId"]),
        (ATTACHMENT, copy["attachmentId"]),
    }


async def test_a_copy_outlives_its_original(workshop: Workshop) -> None:
    part, kit = await workshop.part(), await workshop.kit()
    original = await workshop.image(set_path(part))
    copy = await workshop.shop.done(
        "POST", f"/kits/{kit['kitId']}/attachments", {"attachmentId": original["attachmentId"]}
    )

    await workshop.shop.done("DELETE", f"/parts/{part['partId']}")

    assert await workshop.attached(set_path(kit)) == [copy["attachmentId"]]
    assert await workshop.shop.uses(copy["mediaId"]) == [(ATTACHMENT, copy["attachmentId"])]


async def test_an_address_is_copied_when_it_has_been_fetched(workshop: Workshop) -> None:
    path, kit = await workshop.new_set(), await workshop.kit()
    original = await workshop.attach(path, url=PAGE, title="Lamps")
    where, body = f"/kits/{kit['kitId']}/attachments", {"attachmentId": original["attachmentId"]}
    await workshop.shop.refused(409, "ATTACHMENT_BEING_FETCHED", "POST", where, body)
    await workshop.end_fetch(path, original)

    copy = await workshop.shop.done("POST", where, body)

    assert (copy["type"], copy["url"], copy["title"], copy["fetchStatus"]) == ("URL", PAGE, "Lamps", "FETCHED")


async def test_what_cannot_be_copied(workshop: Workshop) -> None:
    kit, path = await workshop.kit(), await workshop.new_set()
    where = f"/kits/{kit['kitId']}/attachments"
    theirs = (await workshop.image(await workshop.new_set(who=STRANGER), who=STRANGER))["attachmentId"]
    gone = await workshop.image(path)
    await workshop.shop.done("DELETE", f"{path}/attachments/{gone['attachmentId']}")

    for attachment_id in (theirs, gone["attachmentId"], str(IDS.new())):
        await workshop.shop.refused(404, "ATTACHMENT_NOT_FOUND", "POST", where, {"attachmentId": attachment_id})
    for body, expected in (
        ({}, {("/attachmentId", "MISSING_FIELD")}),
        ({"attachmentId": "x"}, {("/attachmentId", "FORMAT")}),
        ({"attachmentId": theirs, "title": "Mine"}, {("/title", "UNKNOWN_FIELD")}),
    ):
        assert violations(await workshop.shop.ask("POST", where, body)) == expected
    assert await workshop.attached(set_path(kit)) == []


async def test_a_media_on_its_way_out_is_not_copied(workshop: Workshop) -> None:
    kit = await workshop.kit()
    going = await workshop.image(await workshop.new_set())
    await workshop.shop.done("DELETE", f"/media/{going['mediaId']}")

    await workshop.shop.refused(
        409,
        "MEDIA_NOT_ATTACHABLE",
        "POST",
        f"/kits/{kit['kitId']}/attachments",
        {"attachmentId": going["attachmentId"]},
    )


async def test_a_full_set_takes_no_copy(workshop: Workshop) -> None:
    kit = await workshop.kit()
    original = await workshop.image(await workshop.new_set())
    await workshop.fill(set_path(kit), 200)

    await workshop.shop.refused(
        409,
        "ATTACHMENT_SET_FULL",
        "POST",
        f"/kits/{kit['kitId']}/attachments",
        {"attachmentId": original["attachmentId"]},
    )


async def test_copies_at_once_are_all_there(workshop: Workshop) -> None:
    kit = await workshop.kit()
    original = await workshop.image(await workshop.new_set())
    where, body = f"/kits/{kit['kitId']}/attachments", {"attachmentId": original["attachmentId"]}

    answers = await asyncio.gather(*(workshop.shop.ask("POST", where, body) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len(await workshop.attached(set_path(kit))) == 20
    assert len(await workshop.shop.uses(original["mediaId"])) == 21
    assert await workshop.cover(set_path(kit)) in {answer.json()["attachmentId"] for answer in answers}
