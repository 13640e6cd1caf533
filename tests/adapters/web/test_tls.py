"""Whose certificates are believed."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.web.client import AiohttpWebClient
from domain.assets.failure import FailureCode
from entrypoints.authorities import trusted_authorities
from tests.adapters.web.fetching import fetch, refusal
from tests.adapters.web.names import Names
from tests.adapters.web.site import LOOPBACK, Site, open_site, page, redirect

YESTERDAY, TOMORROW = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the certificate is that this machine believes in."""
    path = tmp_path / "authority.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


async def test_a_certificate_of_the_name_is_believed(authority: Path) -> None:
    async with open_site(tls=certified("site.example", authority)) as site:
        assert await fetch(browser(), named(site, "site.example", b"hello")) == b"hello"
        assert "Host: site.example:" in site.heads[0]


async def test_a_redirect_leads_from_one_name_to_the_other(authority: Path) -> None:
    async with open_site(tls=certified("site.example", authority)) as secure, open_site() as site:
        target = named(secure, "site.example", b"over there")
        assert await fetch(browser(), site.serve("/", redirect(target))) == b"over there"


async def test_a_certificate_of_another_name_is_refused(authority: Path) -> None:
    async with open_site(tls=certified("site.example", authority)) as site:
        assert await refusal(browser(), named(site, "other.example", b"hello")) is FailureCode.SITE_REFUSED
        assert site.heads == []


async def test_a_certificate_that_has_expired_is_refused(authority: Path) -> None:
    async with open_site(tls=certified("site.example", authority, until=YESTERDAY)) as site:
        assert await refusal(browser(), named(site, "site.example", b"hello")) is FailureCode.SITE_REFUSED
        assert site.heads == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    async with open_site(tls=certified("site.example", tmp_path / "authority.pem")) as site:
        assert await refusal(browser(), named(site, "site.example", b"hello")) is FailureCode.SITE_REFUSED
        assert site.heads == []


def test_a_machine_without_authorities_believes_in_those_of_browsers(authority: Path) -> None:
    assert not authority.exists()
    names = {str(certificate["subject"]) for certificate in trusted_authorities().get_ca_certs()}
    assert any("ISRG Root X1" in name for name in names)


def browser() -> AiohttpWebClient:
    return AiohttpWebClient(allowed=[LOOPBACK], names=Names(["127.0.0.1"]), authorities=trusted_authorities)


def named(site: Site, name: str, body: bytes) -> str:
    port = urlsplit(site.serve("/", page(body))).port
    return f"https://{name}:{port}/"


def certified(name: str, authority: Path, *, until: datetime = TOMORROW) -> ssl.SSLContext:
    """A server's, with a certificate that vouches for itself; `authority` is where it is written."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(YESTERDAY - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = authority.with_name("key.pem")
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, secret)
    return context
