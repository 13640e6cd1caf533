"""Which URLs we fetch when a stranger asks us to.

What can be seen in the URL itself is judged here. A name says nothing: what it leads to may change at any moment, so
whoever connects judges the address that is connected to, by `may_contact` and `is_port_allowed` too.
"""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

from domain.assets.failure import Failure, FailureCode
from domain.errors import Rejected, Violation
from domain.web.public_addresses import Address, Network, may_contact

MAX_LENGTH = 2000
DEFAULT_PORTS = {"http": 80, "https": 443}
_FIRST_UNPRIVILEGED_PORT = 1024
_LOOPBACK = IPv4Address("127.0.0.1")

_NAME = re.compile(r"(?=.{1,253}\.?\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_OCTETS = 4


class UrlRefused(Rejected):
    """`failure` says it once more, for a URL that came up while another was fetched: URL_INVALID, ADDRESS_FORBIDDEN."""

    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(detail, [Violation("/url", code, detail)])
        self.failure = Failure(code=code, detail=detail)


def require_fetchable(url: str, *, allowed: Collection[Network] = ()) -> None:
    """Raises UrlRefused for what is no web address, and for a literal address that is neither public nor `allowed`."""
    parts = _split(url)
    if parts.scheme not in DEFAULT_PORTS:
        raise UrlRefused(FailureCode.ADDRESS_FORBIDDEN, "only http and https URLs are fetched")
    if "@" in parts.netloc:
        raise UrlRefused(FailureCode.URL_INVALID, "a URL with user or password is not fetched")
    address = _literal_address(parts)
    if address is not None and not may_contact(address, allowed):
        raise UrlRefused(FailureCode.ADDRESS_FORBIDDEN, f"{parts.hostname} is no address of the public internet")
    if not is_port_allowed(_port(parts)):
        raise UrlRefused(FailureCode.ADDRESS_FORBIDDEN, "only the ports 80, 443 and those from 1024 up are contacted")


def is_port_allowed(port: int) -> bool:
    """Ports of the web, and those that anybody may open; what lies between speaks other protocols."""
    return port in DEFAULT_PORTS.values() or port >= _FIRST_UNPRIVILEGED_PORT


def _split(url: str) -> SplitResult:
    if not 1 <= len(url) <= MAX_LENGTH:
        raise UrlRefused(FailureCode.URL_INVALID, f"a URL has 1 to {MAX_LENGTH} characters")
    # Parsers disagree on these: some drop them, some take a backslash for a slash.
    if not url.isprintable() or " " in url or "\\" in url:
        raise UrlRefused(FailureCode.URL_INVALID, "a URL has no spaces, control characters or backslashes")
    try:
        return urlsplit(url)
    except ValueError as error:
        raise UrlRefused(FailureCode.URL_INVALID, "this is no URL") from error


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise UrlRefused(FailureCode.URL_INVALID, "the port is no number from 0 to 65535") from error
    return DEFAULT_PORTS[parts.scheme] if port is None else port


def _literal_address(parts: SplitResult) -> Address | None:
    """The address that the host spells, or None for a name."""
    host = parts.hostname
    if not host:
        raise UrlRefused(FailureCode.URL_INVALID, "the URL names no host")
    try:
        if "[" in parts.netloc:
            return IPv6Address(host)
        name = _ascii(host)
        if name == "localhost" or name.endswith(".localhost"):
            return _LOOPBACK
        return _ipv4(name)
    except ValueError as error:
        raise UrlRefused(FailureCode.URL_INVALID, "the host is neither a name nor an address") from error


def _ascii(host: str) -> str:
    """As the DNS is asked for it, without the dot at its end; digits and dots of other scripts become those of ASCII.

    Raises ValueError.
    """
    name = host if host.isascii() else host.encode("idna").decode()
    if not _NAME.fullmatch(name.lower()):
        raise ValueError("no name of a host")
    return name.lower().removesuffix(".")


def _ipv4(name: str) -> IPv4Address | None:
    """As `inet_aton` and browsers read it: one to four numbers, decimal, octal or hexadecimal, the last for all that is
    left. None when it does not end in a number; ValueError when it does, and is no address.
    """
    labels = name.split(".")
    if not _NUMBER.fullmatch(labels[-1]):
        return None
    *leading, last = [_number(label) for label in labels]
    octets_left = _OCTETS - len(leading)
    if octets_left < 1 or any(number > 0xFF for number in leading) or last >= 1 << 8 * octets_left:  # noqa: PLR2004 - an octet
        raise ValueError("no IPv4 address")
    return IPv4Address(bytes(leading) + last.to_bytes(octets_left, "big"))


def _number(label: str) -> int:
    if not _NUMBER.fullmatch(label):
        raise ValueError("no number")
    if label.startswith("0x"):
        return int(label, 16) if len(label) > len("0x") else 0
    return int(label, 8 if label.startswith("0") else 10)
