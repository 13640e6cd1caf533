"""Our signer makes, byte for byte, the URLs that botocore makes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any
from unittest.mock import patch

import botocore.session
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from adapters.s3.address import BucketAddress
from adapters.s3.disposition import attachment
from adapters.s3.signer import SigV4UrlSigner
from domain.checksum import Checksum

ADDRESSES = [
    BucketAddress(
        endpoint_url="http://127.0.0.1:8333",
        bucket="media",
        region="us-east-1",
        access_key="AKIAEXAMPLE",
        secret_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    ),
    BucketAddress(
        endpoint_url="https://media.example.com:443/storage/",
        bucket="media.eu-2",
        region="eu-west-3",
        access_key="key/with+odd=signs",
        secret_key="secret",
        session_token="FwoGZXIvYXdz//token+/==",
    ),
    BucketAddress(
        endpoint_url="https://s3.eu-west-3.amazonaws.com",
        bucket="media",
        region="eu-west-3",
        access_key="AKIAEXAMPLE",
        secret_key="secret",
        path_style=False,
    ),
]
SIGNERS = [SigV4UrlSigner(address) for address in ADDRESSES]

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
safe_text = st.from_regex(r"[A-Za-z0-9_.~/-]{1,60}", fullmatch=True)
keys = text | safe_text
printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40)
content_types = (printable | st.just("image/jpeg")).filter(str.strip)
zones = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001 (Hypothesis adds the zone)
lifetimes = st.integers(1, 7 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
checksums = st.binary(min_size=32, max_size=32).map(Checksum)
which = pytest.mark.parametrize("which", range(len(ADDRESSES)), ids=["path", "path with token", "virtual host"])


@cache
def botocore_client(which: int) -> Any:
    address = ADDRESSES[which]
    session = botocore.session.get_session()
    session.set_credentials(address.access_key, address.secret_key, address.session_token)
    return session.create_client(
        "s3",
        region_name=address.region,
        endpoint_url=address.endpoint_url,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if address.path_style else "virtual"},
            request_checksum_calculation="when_required",
        ),
    )


@contextmanager
def botocore_at(moment: datetime) -> Iterator[None]:
    with patch("botocore.auth.get_current_datetime", lambda: moment.astimezone(UTC)):
        yield


def by_botocore(which: int, operation: str, now: datetime, expires_in: timedelta, **parameters: Any) -> str:
    with botocore_at(now):
        url: str = botocore_client(which).generate_presigned_url(
            operation,
            Params={"Bucket": ADDRESSES[which].bucket, **parameters},
            ExpiresIn=int(expires_in.total_seconds()),
        )
    return url


@which
@given(key=keys, now=moments, expires_in=lifetimes)
def test_get(which: int, key: str, now: datetime, expires_in: timedelta) -> None:
    ours = SIGNERS[which].get(key, now=now, expires_in=expires_in)
    assert ours == by_botocore(which, "get_object", now, expires_in, Key=key)


@which
@given(key=keys, filename=text | safe_text, now=moments, expires_in=lifetimes)
def test_get_with_a_file_name(which: int, key: str, filename: str, now: datetime, expires_in: timedelta) -> None:
    ours = SIGNERS[which].get(key, now=now, expires_in=expires_in, download_as=filename)
    theirs = by_botocore(which, "get_object", now, expires_in, Key=key, ResponseContentDisposition=attachment(filename))
    assert ours == theirs


@which
@given(
    key=keys,
    content_type=content_types,
    size=st.integers(0, 5 * 2**40),
    checksum=checksums,
    now=moments,
    expires_in=lifetimes,
)
def test_put(
    *,
    which: int,
    key: str,
    content_type: str,
    size: int,
    checksum: Checksum,
    now: datetime,
    expires_in: timedelta,
) -> None:
    ours = SIGNERS[which].put(
        key, content_type=content_type, size=size, checksum=checksum, now=now, expires_in=expires_in
    )
    theirs = by_botocore(
        which,
        "put_object",
        now,
        expires_in,
        Key=key,
        ContentType=content_type,
        ContentLength=size,
        ChecksumSHA256=checksum.base64,
    )
    assert ours.url == theirs
    assert ours.headers == {
        "content-type": " ".join(content_type.split()),
        "content-length": str(size),
        "x-amz-checksum-sha256": checksum.base64,
    }


@which
@given(
    key=keys,
    upload_id=text,
    number=st.integers(1, 10_000),
    size=st.integers(0, 5 * 2**30),
    now=moments,
    expires_in=lifetimes,
)
def test_part(
    *,
    which: int,
    key: str,
    upload_id: str,
    number: int,
    size: int,
    now: datetime,
    expires_in: timedelta,
) -> None:
    ours = SIGNERS[which].part(key, upload_id=upload_id, number=number, size=size, now=now, expires_in=expires_in)
    theirs = by_botocore(
        which,
        "upload_part",
        now,
        expires_in,
        Key=key,
        PartNumber=number,
        UploadId=upload_id,
        ContentLength=size,
    )
    assert ours.url == theirs
    assert ours.headers == {"content-length": str(size)}


def test_a_signer_does_not_mix_moments_up() -> None:
    """The parts that URLs of one moment share are kept; another moment, day or lifetime must not get them."""
    day = datetime(2025, 2, 28, 23, 59, 59, tzinfo=UTC)
    for seconds, minutes in [(0, 15), (1, 15), (1, 60), (0, 15), (86_400, 15), (0, 60)]:
        now, expires_in = day + timedelta(seconds=seconds), timedelta(minutes=minutes)
        ours = SIGNERS[0].get("key", now=now, expires_in=expires_in)
        assert ours == by_botocore(0, "get_object", now, expires_in, Key="key")


@pytest.mark.parametrize("seconds", [-1, 0, 0.5, 7 * 24 * 3600 + 1])
def test_a_lifetime_that_s3_refuses_is_an_error(seconds: float) -> None:
    with pytest.raises(ValueError, match="1 second to 7 days"):
        SIGNERS[0].get("key", now=datetime.now(UTC), expires_in=timedelta(seconds=seconds))


def test_a_time_without_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        SIGNERS[0].get("key", now=datetime(2025, 1, 1), expires_in=timedelta(hours=1))  # noqa: DTZ001


@pytest.mark.parametrize("content_type", ["image/jpeg\r\nx-evil: 1", "imäge/jpeg", "a\0b"])
def test_a_content_type_cannot_bring_another_header(content_type: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        SIGNERS[0].put(
            "key",
            content_type=content_type,
            size=1,
            checksum=Checksum(bytes(32)),
            now=datetime.now(UTC),
            expires_in=timedelta(hours=1),
        )


def test_secrets_stay_out_of_logs() -> None:
    shown = repr(ADDRESSES[1])
    assert "secret" not in shown
    assert "token" not in shown
