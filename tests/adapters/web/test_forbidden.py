"""No address that is not public is ever contacted, whatever leads to it."""

import socket
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
from aiohttp.abc import ResolveResult

from adapters.web.client import AiohttpWebClient
from adapters.web.guard import ConnectionGuard
from domain.assets.failure import FailureCode
from tests.adapters.web.fetching import fetch, refusal
from tests.adapters.web.names import Names
from tests.adapters.web.site import LOOPBACK, Listener, Site, listening, page, redirect

ADDRESS_FORBIDDEN = FailureCode.ADDRESS_FORBIDDEN
ALLOWED = {"127.0.0.1", "::ffff:127.0.0.1"}
LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "017700000001",
    "0x7f.0.0.1",
    "0",
    "0.0.0.0",
    "localhost",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
]
SPECIAL = [
    *("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.0.0.2", "169.254.169.254", "172.16.0.1", "192.0.0.192"),
    *("192.0.2.1", "192.168.0.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1"),
]


class Turncoat(dict[str, Any]):
    """A record that says one address when it is first looked at, and another from then on."""

    def __init__(self, record: ResolveResult, *, later: str) -> None:
        super().__init__(record)
        self._later = later

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if key == "host":
            self["host"] = self._later
        return value


class Turncoats(Names):
    def __init__(self, first: str, *, later: str) -> None:
        super().__init__([first])
        self._later = later

    def record(self, host: str, address: str, port: int) -> ResolveResult:
        return cast("ResolveResult", Turncoat(super().record(host, address, port), later=self._later))


@pytest.fixture
def neighbour() -> Iterator[Listener]:
    """On 127.0.0.2, which is not allowed. Systems other than Linux have no such address."""
    try:
        with listening("127.0.0.2") as listener:
            yield listener
    except OSError:
        pytest.skip("this system has one loopback address alone")


def resolving(names: Names) -> AiohttpWebClient:
    return AiohttpWebClient(allowed=[LOOPBACK], names=names)


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
async def test_a_literal_address_is_not_contacted_however_it_is_spelled(host: str) -> None:
    with listening("127.0.0.1") as listener:
        assert await refusal(AiohttpWebClient(), f"http://{host}:{listener.port}/") is ADDRESS_FORBIDDEN
        assert not listener.was_contacted()


async def test_neither_is_one_of_ipv6() -> None:
    try:
        with listening("::1", family=socket.AF_INET6) as listener:
            assert await refusal(AiohttpWebClient(), f"http://[::1]:{listener.port}/") is ADDRESS_FORBIDDEN
            assert not listener.was_contacted()
    except OSError:
        pytest.skip("this system has no IPv6")


@pytest.mark.parametrize("address", SPECIAL)
def test_no_socket_is_opened_to_an_address_that_is_not_public(address: str) -> None:
    guard = ConnectionGuard()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(PermissionError):
        guard.open_socket((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 80)))
    assert guard.refusal is not None
    assert guard.refusal.failure.code is ADDRESS_FORBIDDEN


@pytest.mark.parametrize(("host", "port"), [("8.8.8.8", 22), ("8.8.8.8", 0), ("example.com", 80), ("", 80)])
def test_no_socket_is_opened_to_another_port_or_to_a_name(host: str, port: int) -> None:
    with pytest.raises(PermissionError):
        ConnectionGuard().open_socket((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port)))


def test_a_socket_is_opened_to_a_public_address() -> None:
    guard = ConnectionGuard()
    with guard.open_socket((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("8.8.8.8", 443))) as opened:
        assert opened.family is socket.AF_INET
    assert guard.refusal is None


@pytest.mark.parametrize("address", SPECIAL)
async def test_a_name_that_leads_to_such_an_address_is_refused(address: str) -> None:
    names = Names([address])
    assert await refusal(AiohttpWebClient(names=names), "http://site.example/") is ADDRESS_FORBIDDEN
    assert names.asked == 1


@pytest.mark.parametrize("answer", [["127.0.0.1", "127.0.0.2"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "::1"]])
async def test_one_such_address_beside_a_good_one_is_enough(site: Site, answer: Sequence[str]) -> None:
    url = site.serve("/", page(b"page")).replace("127.0.0.1", "site.example")
    assert await refusal(resolving(Names(answer)), url) is ADDRESS_FORBIDDEN
    assert site.heads == []
    assert await fetch(resolving(Names(["127.0.0.1", "127.0.0.1"])), url) == b"page"


async def test_what_the_system_resolves_is_judged_too(neighbour: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def hosts_file(host: str, port: int, *args: Any, **options: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", port))]

    monkeypatch.setattr(socket, "getaddrinfo", hosts_file)
    web = AiohttpWebClient(allowed=[LOOPBACK])
    assert await refusal(web, f"http://site.example:{neighbour.port}/") is ADDRESS_FORBIDDEN
    assert asked == ["site.example"]
    assert not neighbour.was_contacted()


async def test_an_answer_that_changes_between_check_and_connection_gains_nothing(neighbour: Listener) -> None:
    names = Turncoats("8.8.8.8", later="127.0.0.2")
    assert await refusal(resolving(names), f"http://site.example:{neighbour.port}/") is ADDRESS_FORBIDDEN
    assert names.asked == 1
    assert not neighbour.was_contacted()


async def test_nor_does_an_answer_that_is_a_name_again(site: Site) -> None:
    url = site.url.replace("127.0.0.1", "site.example")
    assert await refusal(resolving(Names(["localhost"])), url) is ADDRESS_FORBIDDEN
    assert site.heads == []


async def test_a_name_is_asked_for_and_judged_anew_at_every_redirect(site: Site, neighbour: Listener) -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    url = site.serve("/", redirect(f"http://site.example:{neighbour.port}/")).replace("127.0.0.1", "site.example")
    assert await refusal(resolving(names), url) is ADDRESS_FORBIDDEN
    assert names.asked == 2
    assert len(site.heads) == 1
    assert not neighbour.was_contacted()


async def test_so_is_the_same_site(site: Site) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    url = site.serve("/", redirect("/again")).replace("127.0.0.1", "site.example")
    assert await refusal(resolving(names), url) is ADDRESS_FORBIDDEN
    assert len(site.heads) == 1


async def test_a_redirect_to_a_forbidden_neighbour_is_not_followed(
    web: AiohttpWebClient, site: Site, neighbour: Listener
) -> None:
    for target in (
        f"http://127.0.0.2:{neighbour.port}/",
        f"//127.0.0.2:{neighbour.port}/",
        f"http://2130706434:{neighbour.port}/",
        f"http://[::ffff:127.0.0.2]:{neighbour.port}/",
    ):
        assert await refusal(web, site.serve("/", redirect(target))) is ADDRESS_FORBIDDEN
    assert not neighbour.was_contacted()


@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
@pytest.mark.parametrize("address", [address for address in SPECIAL if address not in ALLOWED and "%" not in address])
async def test_no_redirect_leads_where_no_url_may(web: AiohttpWebClient, site: Site, address: str, status: str) -> None:
    host = f"[{address}]" if ":" in address else address
    url = site.serve("/", redirect(f"http://{host}/latest/meta-data/", status=status))
    assert await refusal(web, url) is ADDRESS_FORBIDDEN


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("file:///etc/passwd", ADDRESS_FORBIDDEN),
        ("ftp://127.0.0.1/", ADDRESS_FORBIDDEN),
        ("gopher://127.0.0.1:6379/_x", ADDRESS_FORBIDDEN),
        ("javascript:alert(1)", ADDRESS_FORBIDDEN),
        ("http://127.0.0.1:22/", ADDRESS_FORBIDDEN),
        ("http://user@127.0.0.1/", FailureCode.URL_INVALID),
        ("http://[half/", FailureCode.URL_INVALID),
        ("http://:80/", FailureCode.URL_INVALID),
        ("/with space", FailureCode.URL_INVALID),
        ("http:\\\\127.0.0.1", FailureCode.URL_INVALID),
        ("/" + "a" * 3000, FailureCode.URL_INVALID),
    ],
)
async def test_a_redirect_obeys_the_rules_of_a_url(
    web: AiohttpWebClient, site: Site, target: str, code: FailureCode
) -> None:
    assert await refusal(web, site.serve("/", redirect(target))) is code
    assert len(site.heads) == 1


async def test_proxies_of_the_environment_are_not_asked(
    web: AiohttpWebClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening("127.0.0.1") as listener:
        for variable in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{listener.port}")
        assert await fetch(web, site.serve("/", page(b"itself"))) == b"itself"
        assert not listener.was_contacted()
