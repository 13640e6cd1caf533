"""Addresses that people attach: the program goes there, over real sockets, and is killed on its way."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import pytest

from tests import media as samples
from tests.adapters.web.site import Site, listening, open_site, page, redirect, repeats
from tests.system.answers import accepted
from tests.system.marketplace import Marketplace
from tests.system.mortal import Mortal
from tests.system.waiting import eventually

SETS = "/api/v2/attachment-sets"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """At the one address of this machine that the program may contact."""
    async with open_site() as site:
        yield site


class Bench:
    """A part of the owner, and what hangs on it."""

    def __init__(self, marketplace: Marketplace, part: dict[str, Any]) -> None:
        self._http, self._headers = marketplace.http, marketplace.owner.caller.headers
        self.part_id, self.set_id = part["partId"], part["attachmentSetId"]

    @classmethod
    async def new(cls, marketplace: Marketplace) -> "Bench":
        answer = await marketplace.http.post(
            "/api/v2/parts", json={"name": "Lamp"}, headers=marketplace.owner.caller.headers
        )
        return cls(marketplace, accepted(answer, HTTPStatus.CREATED))

    async def attach(self, url: str) -> str:
        answer = await self._http.post(f"{SETS}/{self.set_id}/attachments", json={"url": url}, headers=self._headers)
        attachment_id: str = accepted(answer, HTTPStatus.CREATED)["attachmentId"]
        return attachment_id

    async def attachments(self) -> list[dict[str, Any]]:
        answer = await self._http.get(f"{SETS}/{self.set_id}", headers=self._headers)
        attachments: list[dict[str, Any]] = accepted(answer)["attachments"]
        return attachments

    async def fetched(self, attachment_id: str) -> dict[str, Any]:
        """Once a worker has been there, whatever it found."""

        async def look() -> dict[str, Any] | None:
            (found,) = [each for each in await self.attachments() if each["attachmentId"] == attachment_id]
            return None if found["fetchStatus"] == "FETCHING" else found

        return await eventually(look, within=60, expecting=f"attachment {attachment_id} is fetched")

    async def media(self) -> list[dict[str, Any]]:
        answer = await self._http.get("/api/v2/media?limit=100", headers=self._headers)
        return list(accepted(answer)["media"])


async def test_a_page_gives_its_title_and_its_picture(marketplace: Marketplace, site: Site) -> None:
    site.serve("/lamp.png", page(samples.png(), Content_Type="image/png"))
    head = "<!doctype html><title>Lamps &amp; more</title><meta property='og:image' content='/lamp.png'>"
    bench = await Bench.new(marketplace)

    found = await bench.fetched(await bench.attach(site.serve("/", page(head.encode(), Content_Type="text/html"))))

    assert (found["type"], found["title"], found["failure"]) == ("URL", "Lamps & more", None)
    assert found["attachmentUrl"] is None
    assert (await marketplace.web.get(found["previewUrl"])).status_code == 200


async def test_an_image_and_a_pdf_become_what_they_are(marketplace: Marketplace, site: Site) -> None:
    bench = await Bench.new(marketplace)
    png, pdf = samples.png(), samples.pdf()

    image = await bench.fetched(await bench.attach(site.serve("/lamp.png", page(png, Content_Type="text/html"))))
    manual = await bench.fetched(await bench.attach(site.serve("/manual", page(pdf, Content_Type="image/png"))))

    assert [(each["type"], each["filename"]) for each in (image, manual)] == [("IMAGE", "lamp.png"), ("PDF", "manual")]
    assert (await marketplace.web.get(image["attachmentUrl"])).content == png
    assert (await marketplace.web.get(manual["attachmentUrl"])).content == pdf
    part = await marketplace.http.get(f"/api/v2/parts/{bench.part_id}", headers=marketplace.owner.caller.headers)
    assert part.json()["coverUrl"] is not None


async def test_what_lies_inside_is_never_contacted(marketplace: Marketplace, site: Site) -> None:
    bench = await Bench.new(marketplace)
    with listening("127.0.0.2") as inside:
        secret = f"http://127.0.0.2:{inside.port}/"

        refused = await marketplace.http.post(
            f"{SETS}/{bench.set_id}/attachments", json={"url": secret}, headers=marketplace.owner.caller.headers
        )
        led = await bench.fetched(await bench.attach(site.serve("/away", redirect(secret))))

        assert not inside.was_contacted()
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "ADDRESS_FORBIDDEN")
    assert (led["fetchStatus"], led["failure"]["code"]) == ("FAILED", "ADDRESS_FORBIDDEN")


async def test_killed_on_its_way_it_goes_there_again_and_one_file_is_left(mortal: Mortal, site: Site) -> None:
    body = samples.png()
    whole = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nContent-Type: image/png\r\n\r\n".encode()
    url = site.serve("/lamp.png", repeats(whole + body[:100], b"", every=0.1))
    bench = await Bench.new(mortal.marketplace)
    attachment_id = await bench.attach(url)
    await site.begun.acquire()

    await mortal.die()
    site.serve("/lamp.png", page(body, Content_Type="image/png"))
    await mortal.live()

    found = await bench.fetched(attachment_id)
    assert (found["type"], found["failure"]) == ("IMAGE", None)
    assert [each["mediaId"] for each in await bench.media()] == [found["mediaId"]]
    assert len(await bench.attachments()) == 1
