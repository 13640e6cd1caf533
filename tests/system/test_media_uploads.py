"""Media get in over real sockets, into a real store; and the process is killed in the middle of it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from adapters.memory.clock import ManualClock
from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from adapters.s3.connection import open_s3
from adapters.s3.multipart import S3MultipartUploads
from adapters.s3.store import S3ObjectStore
from domain.ids import StoreId
from domain.media.media import MediaStatus
from tests import media as samples
from tests.application.media.sending import MIB, checksum_of_bytes, file_of
from tests.builders import IDS
from tests.entrypoints.http.forms import FORM, field, file, form
from tests.system.answers import accepted
from tests.system.marketplace import Marketplace
from tests.system.mortal import Mortal
from tests.system.plain_http import plain_http
from tests.system.vitrine_process import VitrineProcess
from tests.system.waiting import eventually
from tests.uploads.library import Library

MEDIA = "/api/v2/media"


async def send(marketplace: Marketplace, body: bytes, **words: str) -> httpx.Response:
    given = {"kind": "product"} | words
    whole = form(*(field(name, value) for name, value in given.items()), file(body))
    headers = {**marketplace.owner.caller.headers, "content-type": FORM}
    return await marketplace.http.post(f"{MEDIA}/upload", content=whole, headers=headers)


async def ready(marketplace: Marketplace, media_id: str) -> dict[str, Any]:
    """The media with its variants, once they are made."""

    async def look() -> dict[str, Any] | None:
        answer = await marketplace.http.get(f"{MEDIA}/{media_id}", headers=marketplace.owner.caller.headers)
        body: dict[str, Any] = answer.json()
        return body if body["status"] == "READY" else None

    return await eventually(look, within=60, expecting=f"media {media_id} is READY")


async def test_a_photo_through_us_becomes_ready(marketplace: Marketplace) -> None:
    body = samples.jpeg(800, 600, orientation=6)

    sent = accepted(await send(marketplace, body, folder="spring"), HTTPStatus.CREATED)

    assert (sent["status"], sent["metadata"]) == ("UPLOADED", {"width": 800, "height": 600, "codec": "jpeg"})
    shown = await ready(marketplace, sent["mediaId"])
    assert {variant["name"] for variant in shown["variants"]} >= {"thumbnail", "large"}
    assert (await marketplace.web.get(shown["url"])).content == body


async def test_a_photo_past_us_becomes_ready(marketplace: Marketplace) -> None:
    body = samples.png(640, 480)
    headers = marketplace.owner.caller.headers
    announced = {
        "filename": "bottle.png",
        "fileType": "image/png",
        "bytes": len(body),
        "checksum": str(checksum_of_bytes(body)),
        "kind": "product",
    }
    ticket = accepted(
        await marketplace.http.post(f"{MEDIA}/presign", json=announced, headers=headers), HTTPStatus.CREATED
    )
    completion = f"{MEDIA}/{ticket['mediaId']}/complete"
    early = await marketplace.http.post(completion, headers=headers)
    damaged = await marketplace.web.put(ticket["uploadUrl"], content=body[:-1] + b"!", headers=ticket["headers"])
    put = await marketplace.web.put(ticket["uploadUrl"], content=body, headers=ticket["headers"])

    done, again = [await marketplace.http.post(completion, headers=headers) for _ in range(2)]

    assert (early.status_code, early.json()["code"]) == (409, "MEDIA_NOT_ARRIVED")
    assert (damaged.status_code, put.status_code) == (400, 200)
    assert (done.status_code, again.status_code) == (200, 200)
    assert done.json()["metadata"] == {"width": 640, "height": 480, "codec": "png"}
    await ready(marketplace, ticket["mediaId"])


async def test_a_large_film_lies_in_the_store_byte_for_byte(marketplace: Marketplace) -> None:
    body = file_of("video/mp4") + random.Random(1).randbytes(17 * MIB)
    for words in ({}, {"checksum": str(checksum_of_bytes(body))}):
        sent = accepted(await send(marketplace, body, **words), HTTPStatus.CREATED)

        assert (sent["bytes"], sent["checksum"]) == (len(body), str(checksum_of_bytes(body)))
        shown = await marketplace.http.get(f"{MEDIA}/{sent['mediaId']}", headers=marketplace.owner.caller.headers)
        assert (await marketplace.web.get(shown.json()["url"])).content == body


@pytest.mark.parametrize("size", [3_000, 1 * MIB])
async def test_a_picture_that_no_decoder_opens_is_refused(marketplace: Marketplace, size: int) -> None:
    answer = await send(marketplace, b"\xff\xd8\xff\xe0" + random.Random(2).randbytes(size))

    assert (answer.status_code, answer.json()["code"]) == (422, "UNREADABLE_MEDIA")


async def test_a_photo_that_was_cut_short_is_refused(marketplace: Marketplace) -> None:
    answer = await send(marketplace, samples.truncated(samples.jpeg()))

    assert (answer.status_code, answer.json()["code"]) == (422, "UNREADABLE_MEDIA")
    assert answer.json()["detail"] == "The picture is damaged or incomplete."


async def test_a_refusal_is_heard_by_a_sender_that_has_not_finished(marketplace: Marketplace) -> None:
    """Along a plain socket: the answer comes before the body has gone out, and then the connection ends."""
    address = urlsplit(str(marketplace.http.base_url))
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    token = marketplace.owner.caller.headers["Authorization"]
    head = (
        f"POST {MEDIA}/upload HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Type: {FORM}\r\n"
        f"Content-Length: {300 * MIB}\r\n\r\n"
    )
    writer.write(head.encode() + form(field("kind", "product"), end=b"") + file(file_of("video/mp4", size=MIB))[:-2])

    async with asyncio.timeout(30):
        answer = await reader.readuntil(b"\r\n\r\n")
        with suppress(ConnectionError):
            for _ in range(20):
                writer.write(bytes(MIB))
                await writer.drain()
        rest = await reader.read()

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert b"MEDIA_TOO_LARGE" in rest
    writer.close()


async def test_after_a_refusal_that_was_read_the_connection_goes_on(marketplace: Marketplace) -> None:
    async with plain_http(base_url=marketplace.http.base_url, timeout=30) as http:
        headers = {**marketplace.owner.caller.headers, "content-type": FORM}
        for _ in range(3):
            content = form(field("kind", "product"), file(file_of(size=200_000)), field("folder", "late"))
            answer = await http.post(f"{MEDIA}/upload", content=content, headers=headers)
            assert answer.status_code == 422
            assert "connection" not in answer.headers


@asynccontextmanager
async def behind(vitrine: VitrineProcess, store_id: StoreId) -> AsyncIterator[Library]:
    """The library of a store as its database and bucket have it, with sweepers whose time can be moved on."""
    async with open_s3(vitrine.bucket()) as connection:
        engine = open_engine(vitrine.dsn())
        library = Library(Path("unused"))
        library.store_id, library.clock = store_id, ManualClock(datetime.now(UTC))
        library.begin = PostgresUnitOfWorkFactory(engine, IDS)
        library.store, library.multipart = S3ObjectStore(connection), S3MultipartUploads(connection)
        yield library
        await engine.dispose()


@pytest.mark.parametrize("is_named", [True, False], ids=["named", "unnamed"])
async def test_what_a_kill_in_mid_upload_leaves_the_sweepers_remove(mortal: Mortal, is_named: bool) -> None:
    marketplace = mortal.marketplace
    body = file_of("video/mp4", name=str(is_named), size=40 * MIB)
    words = {"checksum": str(checksum_of_bytes(body))} if is_named else {}

    async def slowly() -> AsyncIterator[bytes]:
        whole = form(field("kind", "product"), *(field(*word) for word in words.items()), file(body))
        for start in range(0, len(whole), MIB):
            yield whole[start : start + MIB]
            await asyncio.sleep(0.2)

    async def send_slowly() -> None:
        headers = {**marketplace.owner.caller.headers, "content-type": FORM}
        with suppress(httpx.TransportError):
            await marketplace.http.post(f"{MEDIA}/upload", content=slowly(), headers=headers)

    store_id = StoreId(marketplace.store_id)
    sending = asyncio.create_task(send_slowly())
    async with behind(mortal.vitrine, store_id) as library:

        async def under_way() -> bool:
            return bool(await library.open_uploads())

        await eventually(under_way, within=60, expecting="parts lie in the store")
    await mortal.die()
    await sending
    await mortal.live()
    async with behind(mortal.vitrine, store_id) as library:
        left = [each for each in await library.media() if each.store_id == store_id]
        assert [each.status for each in left] == [MediaStatus.PENDING]
        assert len(await library.open_uploads()) == 1

        await library.sweep()

        assert await library.open_uploads() == []
        assert await library.objects() == []
        (failed,) = [each for each in await library.media() if each.store_id == store_id]
        assert failed.failure is not None
        assert (failed.status, failed.failure.code) == (MediaStatus.FAILED, "UPLOAD_EXPIRED")
