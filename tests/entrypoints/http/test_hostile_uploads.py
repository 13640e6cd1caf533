"""Senders that go away, fall silent, lie or never stop: each gets a clear answer, and nothing stays."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from entrypoints.http import early_answer
from entrypoints.http.services import HttpSettings
from tests.application.media.sending import MIB, all_blobs, all_media, file_of, pieces
from tests.entrypoints.http.api import MEDIA, PUBLIC_URL, Api, open_api
from tests.entrypoints.http.exchange import Exchange
from tests.entrypoints.http.forms import BOUNDARY, FORM, field, file, form

UPLOAD = f"{MEDIA}/upload"
VIDEO = file_of("video/mp4", size=7 * MIB)
WHOLE = form(field("kind", "product"), file(VIDEO))


@pytest.fixture(scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One for all: what is refused leaves nothing behind."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    settings = HttpSettings(
        public_url=PUBLIC_URL, body_timeout=timedelta(seconds=0.3), upload_timeout=timedelta(seconds=1.5)
    )
    async with open_api(folder, settings=settings) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _soon_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most senders here go on, or stay, for as long as anybody listens."""
    monkeypatch.setattr(early_answer, "_LINGER", 0.1)


async def send(
    api: Api,
    body: AsyncIterator[bytes],
    *,
    content_length: int | None = None,
    gone: bool = False,
    headers: dict[str, str] | None = None,
) -> Exchange:
    given = {**api.headers(), "content-type": FORM} if headers is None else headers
    return await Exchange(api.app, UPLOAD, given, body, content_length=content_length, gone=gone).run()


async def assert_refused(api: Api, exchange: Exchange, status: int, code: str) -> None:
    assert (exchange.status, exchange.json()["code"]) == (status, code)
    assert not await all_media(api)
    assert not api.bucket.objects
    assert not api.bucket.uploads
    assert all(blob.holders == 0 for blob in await all_blobs(api))


async def endless(start: bytes, more: bytes) -> AsyncIterator[bytes]:
    yield start
    while True:
        await asyncio.sleep(0)
        yield more


@pytest.mark.parametrize("sent", [0, 10, 100, 5_000, 6 * MIB, len(WHOLE) - 5])
async def test_a_sender_that_goes_away(api: Api, sent: int) -> None:
    exchange = await send(api, pieces(WHOLE[:sent]), content_length=len(WHOLE), gone=True)

    await assert_refused(api, exchange, 400, "BODY_INCOMPLETE")


@pytest.mark.parametrize("sent", [0, 100, 6 * MIB])
async def test_a_sender_that_falls_silent(api: Api, sent: int) -> None:
    exchange = await asyncio.wait_for(send(api, pieces(WHOLE[:sent]), content_length=len(WHOLE)), 20)

    await assert_refused(api, exchange, 408, "BODY_TIMEOUT")


async def test_a_sender_that_trickles(api: Api) -> None:
    """Never silent for long, and never done."""

    async def trickle() -> AsyncIterator[bytes]:
        for start in range(0, len(WHOLE), 100):
            await asyncio.sleep(0.1)
            yield WHOLE[start : start + 100]

    exchange = await asyncio.wait_for(send(api, trickle(), content_length=len(WHOLE)), 20)

    await assert_refused(api, exchange, 408, "BODY_TIMEOUT")


async def test_a_sender_that_goes_on_and_on(api: Api) -> None:
    """As fast as it must be, and never done."""

    async def go_on() -> AsyncIterator[bytes]:
        for start in range(0, len(WHOLE), 20_000):
            await asyncio.sleep(0.1)
            yield WHOLE[start : start + 20_000]

    began = asyncio.get_running_loop().time()
    exchange = await asyncio.wait_for(send(api, go_on(), content_length=len(WHOLE)), 20)

    await assert_refused(api, exchange, 408, "BODY_TIMEOUT")
    assert asyncio.get_running_loop().time() - began > 1


async def test_headers_without_end(api: Api) -> None:
    for head in (
        f"--{BOUNDARY}\r\nx: ".encode(),
        f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="'.encode(),
        f"--{BOUNDARY}\r\n".encode(),
    ):
        more = b"a: b\r\n" * 10_000 if head.endswith(b"\r\n") else b"a" * 65_536
        exchange = await send(api, endless(head, more), content_length=10 * MIB)

        await assert_refused(api, exchange, 400, "MALFORMED_FORM")
        assert exchange.received_when_answered < 200_000


async def test_what_surrounds_the_form_without_end(api: Api) -> None:
    for start in (b"preamble", form(field("kind", "product"), file(VIDEO))):
        exchange = await send(api, endless(start, b"x" * 32_768), content_length=100 * MIB)

        await assert_refused(api, exchange, 400, "MALFORMED_FORM")
        assert exchange.received_when_answered < len(start) + 200_000


async def test_fields_without_end(api: Api) -> None:
    exchange = await send(api, endless(b"", field("x", "y") * 100))
    await assert_refused(api, exchange, 400, "MALFORMED_FORM")

    one = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="kind"\r\n\r\n'.encode()
    exchange = await send(api, endless(one, b"x" * 65_536))
    await assert_refused(api, exchange, 422, "VALIDATION_FAILED")
    assert exchange.received_when_answered < 300_000


async def test_nearly_a_boundary_again_and_again(api: Api) -> None:
    """Takes no longer than any other bytes."""
    teasing = (b"\r\n--" + BOUNDARY.encode()[:-1]) * 40_000 + (b"\r" * 65_536)
    body = form(field("kind", "other"), file(teasing))

    exchange = await asyncio.wait_for(send(api, pieces(body, of=65_536), content_length=len(body)), 20)

    assert exchange.status == 201
    (media,) = await all_media(api)
    assert (media.size, [stored.data for stored in api.bucket.objects.values()]) == (len(teasing), [teasing])
    api.bucket.objects.clear()
    api.database.records.clear()


async def test_a_length_that_is_too_much_is_refused_at_the_first_piece(api: Api) -> None:
    body = form(field("kind", "product"), file(VIDEO))
    exchange = await send(api, pieces(body, of=65_536), content_length=300 * MIB)

    await assert_refused(api, exchange, 413, "MEDIA_TOO_LARGE")
    assert exchange.received_when_answered == 65_536
    assert exchange.headers["connection"] == "close"


async def test_a_file_without_end_is_refused_at_its_limit(api: Api) -> None:
    start = form(field("kind", "store"), end=b"") + file(file_of(size=MIB))[:-2]

    exchange = await send(api, endless(start, bytes(MIB)))

    await assert_refused(api, exchange, 413, "MEDIA_TOO_LARGE")
    assert exchange.received_when_answered < 23 * MIB


async def test_a_wrong_type_is_refused_before_the_rest_has_come(api: Api) -> None:
    body = form(field("kind", "pdf"), file(VIDEO))

    exchange = await send(api, pieces(body, of=8_192), content_length=len(body))

    await assert_refused(api, exchange, 415, "MEDIA_TYPE_NOT_ALLOWED")
    assert exchange.received_when_answered == 8_192


async def test_an_early_answer_ends_the_connection_after_the_rest_was_thrown_away(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_answer, "_LINGER", 20)
    body = form(field("kind", "pdf"), file(VIDEO))

    exchange = await send(api, pieces(body), content_length=len(body), gone=True)

    assert exchange.headers["connection"] == "close"
    assert exchange.received_when_answered < exchange.received == len(body)


async def test_a_sender_that_does_not_stop_is_not_listened_to_for_ever(api: Api) -> None:
    exchange = await asyncio.wait_for(send(api, endless(b"x", b"x" * 1024), headers={"content-type": FORM}), 20)

    assert (exchange.status, exchange.headers["connection"]) == (401, "close")
    assert exchange.received_when_answered == 0


async def test_an_answer_to_what_was_read_leaves_the_connection_alone(api: Api) -> None:
    body = form(field("kind", "product"), file(file_of(size=100_000)), field("folder", "late"))

    exchange = await send(api, pieces(body), content_length=len(body))

    await assert_refused(api, exchange, 422, "VALIDATION_FAILED")
    assert "connection" not in exchange.headers
    assert exchange.received == len(body)
