"""What sites answer, and what of it is told."""

import pytest

from adapters.web.client import AiohttpWebClient
from domain.assets.failure import FailureCode
from tests.adapters.web.fetching import fetch, refusal
from tests.adapters.web.site import Site, listening, page, redirect, sends

REFUSED, UNREACHABLE = FailureCode.SITE_REFUSED, FailureCode.SITE_UNREACHABLE


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("300 Multiple Choices", REFUSED),
        ("304 Not Modified", REFUSED),
        ("400 Bad Request", REFUSED),
        ("401 Unauthorized", REFUSED),
        ("403 Forbidden", REFUSED),
        ("404 Not Found", REFUSED),
        ("410 Gone", REFUSED),
        ("408 Request Timeout", UNREACHABLE),
        ("429 Too Many Requests", UNREACHABLE),
        ("500 Internal Server Error", UNREACHABLE),
        ("503 Service Unavailable", UNREACHABLE),
        ("599 Whatever", UNREACHABLE),
    ],
)
async def test_a_status_says_whether_to_come_again(
    web: AiohttpWebClient, site: Site, status: str, code: FailureCode
) -> None:
    assert await refusal(web, site.serve("/", page(b"", status=status))) is code
    assert code.may_pass == (code is UNREACHABLE)


async def test_a_redirect_to_nowhere_is_refused(web: AiohttpWebClient, site: Site) -> None:
    assert await refusal(web, site.serve("/", page(b"", status="302 Found"))) is REFUSED


async def test_nothing_but_the_request_is_told(web: AiohttpWebClient, site: Site) -> None:
    site.serve("/end", page(b"end"))
    url = site.serve("/", redirect("/end", Set_Cookie="a=b; Path=/"))
    assert await fetch(web, url) == b"end"
    for head in site.heads:
        names = {line.partition(":")[0].lower() for line in head.splitlines()[1:] if line}
        assert names == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert "\r\nUser-Agent: Vitrine/" in head
        assert "\r\nAccept-Encoding: identity\r\n" in head
        assert "\r\nConnection: close\r\n" in head


async def test_the_query_is_sent_and_the_fragment_is_kept(web: AiohttpWebClient, site: Site) -> None:
    url = site.serve("/a%2Fb?c=d%20e&f", page(b"page"))
    async with web.get(f"{url}#g", largest=9) as resource:
        assert resource.url == f"{url}#g"


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9.9\r\n\r\n", b"\x00" * 100, b"HTTP/1.1 abc\r\n\r\n", b"220 smtp.example ESMTP\r\n"]
)
async def test_what_does_not_speak_http_is_refused(web: AiohttpWebClient, site: Site, answer: bytes) -> None:
    assert await refusal(web, site.serve("/", sends(answer))) is REFUSED


async def test_a_connection_that_ends_without_an_answer_may_have_better_days(web: AiohttpWebClient, site: Site) -> None:
    assert await refusal(web, site.serve("/", sends())) is UNREACHABLE


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ],
)
async def test_a_body_that_breaks_off_is_not_taken_for_the_whole(web: AiohttpWebClient, site: Site, cut: bytes) -> None:
    assert await refusal(web, site.serve("/", sends(cut))) is UNREACHABLE


async def test_where_nobody_listens_nobody_is_reached(web: AiohttpWebClient) -> None:
    with listening("127.0.0.1") as listener:
        port = listener.port
    assert await refusal(web, f"http://127.0.0.1:{port}/") is UNREACHABLE
