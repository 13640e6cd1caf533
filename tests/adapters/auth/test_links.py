from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.auth.links import HmacLinkSigner
from application.ports.links import LinkRefused

NOW = datetime(2025, 5, 4, 12, 30, 15, 500_000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ASSET = UUID("0197a1f0-3c00-7000-8000-000000000001")
BASE = "https://vitrine.example/api/v2/listings/media/hls"
SIGNER = HmacLinkSigner(secret=b"of tests", base_url=BASE)


def parts(link: str) -> tuple[UUID, str, int, str]:
    """What a server reads out of a link."""
    url = urlsplit(link)
    assert f"{url.scheme}://{url.netloc}{url.path}".startswith(f"{BASE}/")
    asset_id, name = url.path.removeprefix(urlsplit(BASE).path + "/").split("/")
    query = parse_qs(url.query)
    return UUID(asset_id), unquote(name), int(query["expires"][0]), query["signature"][0]


@given(st.uuids(), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_link_of_ours_opens(asset_id: UUID, name: str) -> None:
    asset, told, expires, signature = parts(SIGNER.sign(asset_id, name, expires_at=LATER))

    assert (asset, told, expires) == (asset_id, name, int(LATER.timestamp()))
    SIGNER.verify(asset, told, expires=expires, signature=signature, now=NOW)


def test_a_link_is_good_to_the_second() -> None:
    asset, name, expires, signature = parts(SIGNER.sign(ASSET, "hls", expires_at=LATER))
    end = datetime.fromtimestamp(expires, UTC)

    SIGNER.verify(asset, name, expires=expires, signature=signature, now=end - timedelta(microseconds=1))
    with pytest.raises(LinkRefused):
        SIGNER.verify(asset, name, expires=expires, signature=signature, now=end)


def test_a_changed_link_is_refused() -> None:
    asset, name, expires, signature = parts(SIGNER.sign(ASSET, "hls", expires_at=LATER))
    other = HmacLinkSigner(secret=b"of others", base_url=BASE)

    for signer, changed in (
        (SIGNER, (UUID(int=asset.int + 1), name, expires, signature)),
        (SIGNER, (asset, "hls-720p", expires, signature)),
        (SIGNER, (asset, name, expires + 1, signature)),
        (SIGNER, (asset, name, expires, signature[:-1])),
        (SIGNER, (asset, name, expires, "")),
        (SIGNER, (asset, name, expires, "é\udc80")),
        (other, (asset, name, expires, signature)),
    ):
        with pytest.raises(LinkRefused):
            signer.verify(changed[0], changed[1], expires=changed[2], signature=changed[3], now=NOW)


def test_an_empty_secret_is_not_taken() -> None:
    with pytest.raises(ValueError, match="secret"):
        HmacLinkSigner(secret=b"", base_url=BASE)
