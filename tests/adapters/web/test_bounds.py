"""A site may send what it likes, as slowly as it likes: it costs a known time and a known memory."""

import asyncio
import gzip
import tracemalloc
import zlib
from time import monotonic

import pytest

from adapters.web.client import AiohttpWebClient
from domain.assets.failure import FailureCode, MediaRejected
from tests.adapters.web.fetching import fetch, refusal
from tests.adapters.web.site import Answer, Site, page, redirect, repeats, sends

MIB = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\n"
PATIENT = 5.0
"""Seconds: far more than the half that the hasty client waits, far less than for ever."""
TIMEOUT, TOO_LARGE, REFUSED = FailureCode.TIMEOUT, FailureCode.FILE_TOO_LARGE, FailureCode.SITE_REFUSED


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (OK + b"\r\n", b"x" * 65536),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 10_000),
    ],
)
async def test_an_endless_body_ends_at_the_limit(web: AiohttpWebClient, site: Site, head: bytes, part: bytes) -> None:
    url = site.serve("/", repeats(head, part))
    assert await refusal(web, url, largest=MIB // 4) is TOO_LARGE
    async with asyncio.timeout(PATIENT):
        await site.ended.acquire()


async def test_a_size_that_is_announced_is_handed_on_before_anything_is_read(web: AiohttpWebClient, site: Site) -> None:
    plain = site.serve("/plain", sends(OK + b"Content-Length: 1048577\r\n\r\n", every=PATIENT))
    packed = site.serve(
        "/packed", sends(OK + b"Content-Encoding: gzip\r\nContent-Length: 1048577\r\n\r\n", every=PATIENT)
    )
    async with web.get(plain, largest=MIB) as resource:
        assert resource.announced_size == 1048577
    async with web.get(packed, largest=MIB) as resource:
        assert resource.announced_size is None, "those are other bytes"


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"HTTP/1.1 200 ", b"O"),
        (OK + b"X-Slow: ", b"x"),
        (OK, b"X-Slow: x\r\n"),
        (OK + b"Content-Length: 1000000\r\n\r\n", b"x"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 302 Found\r\nLoc", b"a"),
    ],
)
async def test_whoever_sends_a_little_now_and_then_is_not_waited_for(
    hasty: AiohttpWebClient, site: Site, head: bytes, part: bytes
) -> None:
    started = monotonic()
    assert await refusal(hasty, site.serve("/", repeats(head, part, every=0.05))) is TIMEOUT
    assert monotonic() - started < PATIENT
    async with asyncio.timeout(PATIENT):
        await site.ended.acquire()


async def test_silence_is_not_waited_for_either(hasty: AiohttpWebClient, site: Site) -> None:
    assert await refusal(hasty, site.serve("/", sends(b"", every=PATIENT))) is TIMEOUT


async def test_redirects_share_one_deadline(hasty: AiohttpWebClient, site: Site) -> None:
    async def hesitates(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        await redirect("/")(writer)

    started = monotonic()
    assert await refusal(hasty, site.serve("/", hesitates)) is TIMEOUT
    assert monotonic() - started < PATIENT


async def test_whoever_reads_too_slowly_is_told_so(hasty: AiohttpWebClient, site: Site) -> None:
    url = site.serve("/", repeats(OK + b"\r\n", b"x" * 65536))
    assert await refusal(hasty, url, largest=100 * MIB, pause=0.6) is TIMEOUT


@pytest.mark.parametrize(
    "head",
    [
        OK + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        OK + b"X-Many: x\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 " + b"x" * 100_000 + b"\r\n\r\n",
        OK + b"X" * 100_000 + b": x\r\n\r\n",
    ],
)
async def test_headers_have_their_limits(web: AiohttpWebClient, site: Site, head: bytes) -> None:
    assert await refusal(web, site.serve("/", sends(head))) is REFUSED


async def test_long_policies_in_headers_are_honest(web: AiohttpWebClient, site: Site) -> None:
    url = site.serve("/", page(b"page", Content_Security_Policy="x" * 16_000))
    assert await fetch(web, url) == b"page"


async def test_what_is_compressed_unasked_is_decompressed(web: AiohttpWebClient, site: Site) -> None:
    body = b"page" * 100_000
    assert await fetch(web, site.serve("/gzip", page(gzip.compress(body), Content_Encoding="gzip"))) == body
    assert await fetch(web, site.serve("/deflate", page(zlib.compress(body), Content_Encoding="deflate"))) == body
    assert await refusal(web, site.serve("/gzip", page(gzip.compress(body), Content_Encoding="gzip")), largest=399_999)


async def test_a_bomb_costs_no_more_than_the_limit(web: AiohttpWebClient, site: Site) -> None:
    squeeze = zlib.compressobj(9, wbits=31)
    bomb = b"".join(squeeze.compress(bytes(MIB)) for _ in range(64)) + squeeze.flush()
    url = site.serve("/", page(bomb, Content_Encoding="gzip"))
    tracemalloc.start()
    try:
        assert await refusal(web, url, largest=4 * MIB) is TOO_LARGE
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * MIB


async def test_a_stream_that_decompresses_to_nothing_ends_too(hasty: AiohttpWebClient, site: Site) -> None:
    header, empty_block = b"\x78\x01", b"\x00\x00\x00\xff\xff"
    head = OK + b"Content-Encoding: deflate\r\n\r\n" + header
    started = monotonic()
    assert await refusal(hasty, site.serve("/", repeats(head, empty_block * 10_000))) is TIMEOUT
    assert monotonic() - started < PATIENT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x-unheard-of"])
async def test_what_cannot_be_decompressed_fails_or_comes_as_it_is(
    web: AiohttpWebClient, site: Site, coding: str
) -> None:
    url = site.serve("/", page(b"these are no compressed bytes", Content_Encoding=coding))
    try:
        body = await fetch(web, url)
    except MediaRejected as rejection:
        assert rejection.failure.code in {REFUSED, FailureCode.SITE_UNREACHABLE}  # noqa: PT017 - either may be
    else:
        assert body == b"these are no compressed bytes"


async def test_leaving_early_ends_the_connection(web: AiohttpWebClient, site: Site) -> None:
    url = site.serve("/", repeats(OK + b"\r\n", b"x", every=0.01))
    async with web.get(url, largest=MIB) as resource:
        assert await anext(resource.content)
    async with asyncio.timeout(PATIENT):
        await site.ended.acquire()


@pytest.mark.parametrize("answer", [sends(b"", every=60), repeats(OK + b"\r\n", b"x", every=0.01)])
async def test_cancelling_ends_the_connection(web: AiohttpWebClient, site: Site, answer: Answer) -> None:
    fetching = asyncio.create_task(fetch(web, site.serve("/", answer)))
    await site.begun.acquire()
    await asyncio.sleep(0.1)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    async with asyncio.timeout(PATIENT):
        await site.ended.acquire()
