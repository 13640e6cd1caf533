"""What a URL says by itself, whatever its names lead to."""

import socket
from ipaddress import IPv4Address, ip_network
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis.strategies import builds, integers, ip_addresses, sampled_from, text

from domain.assets.failure import FailureCode
from domain.web.public_addresses import is_public
from domain.web.web_address import MAX_LENGTH, UrlRefused, require_fetchable

FETCHABLE = [
    "http://example.com",
    "https://example.com/a?b=c&d=[e]#f",
    "HTTPS://EXAMPLE.COM:443/",
    "http://example.com:80",
    "http://example.com:8080/",
    "http://example.com:65535/",
    "http://example.com:",
    "http://example.com./",
    "http://under_score.example.com/",
    "http://xn--bcher-kva.example/",
    "http://bücher.example/ü",
    "http://8.8.8.8/",
    "http://[2606:4700::1111]:8443/",
    "http://8.8.8.8.example.com/",
    "http://8.8.8.0x1z/",
    "http://1e3.example0x7f/",
    "http://example.com/@x",
]
INVALID = [
    "",
    "http://",
    "http:///path",
    "http:example.com",
    "http://example.com:port/",
    "http://example.com:99999/",
    "http://example.com:-1/",
    "http://[::1",
    "http://[v1.x]/",
    "http://[8.8.8.8]/",
    "http://exa mple.com/",
    " http://example.com/",
    "http://example.com/\n",
    "http://example.com/\x00",
    "http://example.com/\x7f",
    "http://example.com\t/",
    "http://example.com\\@127.0.0.1/",
    "http://example.com/\u202e",
    "http://user@example.com/",
    "http://user:password@example.com/",
    "http://@example.com/",
    "http://127.0.0.1@example.com/",
    "http://example.com@127.0.0.1/",
    "http://%31%32%37.0.0.1/",
    "http://example..com/",
    "http://.example.com/",
    "http://./",
    "http://exa<mple.com/",
    f"http://{'a' * 64}.com/",
    f"http://{'a.' * 127}com/",
    "http://256.1.1.1.1/",
    "http://1.2.3.4.5/",
    "http://1.256.3.4/",
    "http://08.8.8.8/",
    "http://example.123/",
    "http://0x100000000/",
    f"http://example.com/{'a' * MAX_LENGTH}",
]
FORBIDDEN = [
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "data:text/html,x",
    "//example.com/",
    "example.com",
    "http://example.com:0/",
    "http://example.com:22/",
    "https://example.com:25/",
    "http://example.com:1023/",
    "http://localhost/",
    "http://LocalHost./",
    "http://anything.localhost/",
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.01/",
    "http://0x7f000001/",
    "http://0X7F.0.0.1/",
    "http://0x7f.1/",
    "http://0/",
    "http://0x/",
    "http://0.0.0.0/",
    "http://１２７.０.０.１/",  # noqa: RUF001 - that is the point
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://10.0.0.1:8080/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://192.0.2.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]:8080/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[2606:4700::1111%eth0]/",
    "http://[fec0::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
]
NUMBERS = sampled_from(["{}", "0x{:x}", "0X{:X}", "0{:o}", "000{:o}", "0x000{:x}"])


def refusal(url: str) -> FailureCode | None:
    try:
        require_fetchable(url)
    except UrlRefused as refused:
        return refused.failure.code
    return None


@pytest.mark.parametrize("url", FETCHABLE)
def test_addresses_of_the_web_are_fetched(url: str) -> None:
    assert refusal(url) is None


@pytest.mark.parametrize("url", INVALID)
def test_what_is_no_url_or_could_be_read_in_two_ways_is_refused(url: str) -> None:
    assert refusal(url) is FailureCode.URL_INVALID


@pytest.mark.parametrize("url", FORBIDDEN)
def test_other_schemes_ports_and_addresses_are_forbidden_in_every_spelling(url: str) -> None:
    assert refusal(url) is FailureCode.ADDRESS_FORBIDDEN


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(UrlRefused) as refusal:
        require_fetchable("http://127.0.0.1/")
    [violation] = refusal.value.violations
    assert (violation.pointer, violation.code) == ("/url", "ADDRESS_FORBIDDEN")
    assert violation.detail == refusal.value.failure.detail == "127.0.0.1 is no address of the public internet"


def test_the_longest_url_is_still_one() -> None:
    url = "http://example.com/".ljust(MAX_LENGTH, "a")
    require_fetchable(url)
    assert refusal(url + "a") is FailureCode.URL_INVALID


def test_what_is_allowed_is_fetched_and_its_neighbour_is_not() -> None:
    allowed = [ip_network("127.0.0.1/32")]
    for url in ("http://127.0.0.1:8080/", "http://[::ffff:127.0.0.1]/", "http://localhost/"):
        require_fetchable(url, allowed=allowed)
    for url in ("http://127.0.0.2/", "http://[::1]/", "http://127.0.0.1:22/", "ftp://127.0.0.1/"):
        with pytest.raises(UrlRefused):
            require_fetchable(url, allowed=allowed)


def spelled(address: IPv4Address, parts: int, first: str, other: str, last: str) -> tuple[IPv4Address, str]:
    octets = address.packed
    rest = int.from_bytes(octets[parts - 1 :], "big")
    forms = [first, *[other] * (parts - 2)] if parts > 1 else []
    leading = [form.format(octet) for form, octet in zip(forms, octets, strict=False)]
    return address, ".".join([*leading, last.format(rest)])


@given(builds(spelled, ip_addresses(v=4), integers(1, 4), NUMBERS, NUMBERS, NUMBERS))
def test_however_an_ipv4_address_is_spelled_it_is_the_address_that_counts(case: tuple[IPv4Address, str]) -> None:
    address, host = case
    assert (refusal(f"http://{host}/") is None) == is_public(address)


@settings(max_examples=500)
@given(text("0123456789abcdefx.", min_size=1, max_size=24))
@example("0177.1")
@example("0x7f.0x1")
def test_what_the_system_takes_for_a_private_address_is_refused(host: str) -> None:
    try:
        address = IPv4Address(socket.inet_aton(host))
    except OSError:
        return
    assert (refusal(f"http://{host}/") is None) == is_public(address)


@given(text(max_size=60).map("http://{}".format) | text(max_size=60))
def test_whatever_comes_is_refused_or_a_web_address(url: str) -> None:
    if refusal(url) is not None:
        return
    parts = urlsplit(url)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname
    assert parts.username is None
    assert url.isprintable()
