"""Which attachment stands for the set."""

import asyncio
from uuid import UUID

import pytest

from domain.ids import MediaId
from tests.application.media.sending import file_of
from tests.builders import IDS
from tests.consumers.shop import CUSTOMER
from tests.consumers.workshop import PAGE, SVG, Workshop, set_path
from tests.entrypoints.http.problems import violations


async def test_there_is_none_at_first(workshop: Workshop) -> None:
    path = await workshop.new_set()

    assert await workshop.shop.done("GET", f"{path}/cover") == {"cover": None}


async def test_the_first_image_becomes_it_and_the_second_does_not(workshop: Workshop) -> None:
    path = await workshop.new_set()

    first = await workshop.image(path)
    await workshop.image(path, "two")

    assert (await workshop.shop.done("GET", f"{path}/cover", who=CUSTOMER))["cover"] == first
    assert await workshop.cover(path) == first["attachmentId"]


async def test_a_pdf_or_an_address_becomes_it_by_hand_alone(workshop: Workshop) -> None:
    path = await workshop.new_set()

    sheet = await workshop.pdf(path)
    page = await workshop.attach(path, url=PAGE)
    assert await workshop.cover(path) is None

    for chosen in (sheet, page):
        answer = await workshop.shop.done("PUT", f"{path}/cover", {"attachmentId": chosen["attachmentId"]})
        assert answer == {"cover": chosen}
        assert await workshop.cover(path) == chosen["attachmentId"]


async def test_an_image_of_the_library_becomes_it_too(workshop: Workshop) -> None:
    path = await workshop.new_set()
    await workshop.pdf(path)

    attached = await workshop.attach(path, mediaId=await workshop.library(file_of()))

    assert await workshop.cover(path) == attached["attachmentId"]


async def test_chosen_again_it_stays(workshop: Workshop) -> None:
    path = await workshop.new_set()
    await workshop.image(path)
    second = (await workshop.image(path, "two"))["attachmentId"]

    for _ in range(2):
        await workshop.shop.done("PUT", f"{path}/cover", {"attachmentId": second})

    assert await workshop.cover(path) == second
    assert workshop.shop.api.telemetry.of("cover_changed") == ["automatic", "chosen"]


async def test_the_oldest_image_left_succeeds_a_deleted_one(workshop: Workshop) -> None:
    path = await workshop.new_set()
    first = await workshop.image(path)
    await workshop.pdf(path)
    second, third = await workshop.image(path, "two"), await workshop.image(path, "three")

    for going, successor in ((first, second), (second, third), (third, None)):
        await workshop.shop.done("DELETE", f"{path}/attachments/{going['attachmentId']}")
        assert await workshop.cover(path) == (successor["attachmentId"] if successor else None)

    assert len(await workshop.attached(path)) == 1, "the PDF is there, and no cover"
    told = workshop.shop.api.telemetry.of("cover_changed")
    assert told == ["automatic", "reassigned", "reassigned", "cleared"]


async def test_another_one_deleted_leaves_it_alone(workshop: Workshop) -> None:
    path = await workshop.new_set()
    first, second = await workshop.image(path), await workshop.image(path, "two")

    await workshop.shop.done("DELETE", f"{path}/attachments/{second['attachmentId']}")

    assert await workshop.cover(path) == first["attachmentId"]
    assert workshop.shop.api.telemetry.of("attachment_deleted") == [("IMAGE", False)]


async def test_cleared_it_stays_so_until_the_next_image(workshop: Workshop) -> None:
    path = await workshop.new_set()
    first = await workshop.image(path)

    for _ in range(2):
        await workshop.shop.done("DELETE", f"{path}/cover")
    assert await workshop.cover(path) is None
    assert await workshop.attached(path) == [first["attachmentId"]]

    await workshop.pdf(path)
    assert await workshop.cover(path) is None

    second = await workshop.image(path, "two")
    assert await workshop.cover(path) == second["attachmentId"]
    assert workshop.shop.api.telemetry.of("cover_changed") == ["automatic", "cleared", "automatic"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("/attachmentId", "MISSING_FIELD")}),
        ({"attachmentId": None}, {("/attachmentId", "WRONG_TYPE")}),
        ({"attachmentId": "x"}, {("/attachmentId", "FORMAT")}),
        ({"attachmentId": str(IDS.new()), "cover": 1}, {("/cover", "UNKNOWN_FIELD")}),
    ],
)
async def test_a_choice_with_mistakes_is_told(workshop: Workshop, body: object, expected: set[tuple[str, str]]) -> None:
    path = await workshop.new_set()

    assert violations(await workshop.shop.ask("PUT", f"{path}/cover", body)) == expected


async def test_parts_and_kits_show_its_picture(workshop: Workshop) -> None:
    for plural, owner in (("parts", await workshop.part()), ("kits", await workshop.kit())):
        where = f"/{plural}/{owner[f'{plural[:-1]}Id']}"
        attached = await workshop.image(set_path(owner), plural)

        shown = await workshop.shop.done("GET", where)
        [listed] = (await workshop.shop.done("GET", f"/{plural}"))[plural]

        assert shown["coverUrl"] == listed["coverUrl"] == attached["previewUrl"]
        assert workshop.shop.api.http.send("GET", shown["coverUrl"]).body == file_of(name=plural)
        await workshop.shop.done("DELETE", f"{set_path(owner)}/cover")
        assert (await workshop.shop.done("GET", where))["coverUrl"] is None


async def test_a_cover_without_a_picture_has_no_url(workshop: Workshop) -> None:
    part = await workshop.part()

    drawing = await workshop.upload(set_path(part), file_of(SVG), filename="plan.svg")

    assert await workshop.cover(set_path(part)) == drawing["attachmentId"]
    assert (await workshop.shop.done("GET", f"/parts/{part['partId']}"))["coverUrl"] is None


async def test_a_media_that_is_deleted_takes_the_cover_with_it(workshop: Workshop) -> None:
    path = await workshop.new_set()
    first, second = await workshop.image(path), await workshop.image(path, "two")

    await workshop.shop.done("DELETE", f"/media/{first['mediaId']}")
    assert await workshop.cover(path) == first["attachmentId"], "nothing is cleaned up in the request"
    media_id = MediaId(UUID(first["mediaId"]))
    assert await workshop.delete_media(media_id)
    assert not await workshop.delete_media(media_id), "and again it is success"

    assert await workshop.attached(path) == [second["attachmentId"]]
    assert await workshop.cover(path) == second["attachmentId"]
    assert await workshop.shop.used("attachment") == {second["mediaId"]}
    assert workshop.shop.api.telemetry.of("usage_detached") == ["attachment"]


async def test_choices_at_once_leave_one(workshop: Workshop) -> None:
    path = await workshop.new_set()
    attached = [(await workshop.image(path, f"picture {number}"))["attachmentId"] for number in range(5)]

    answers = await asyncio.gather(
        *(workshop.shop.ask("PUT", f"{path}/cover", {"attachmentId": attachment_id}) for attachment_id in attached * 4),
        *(workshop.shop.ask("DELETE", f"{path}/cover") for _ in range(5)),
    )

    assert {answer.status_code for answer in answers} == {200, 204}
    assert await workshop.cover(path) in {*attached, None}
