"""A prepared bucket lets browsers of our origins in, and forgets abandoned uploads."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from yarl import URL

from adapters.s3.address import BucketAddress
from adapters.s3.bucket import prepare_bucket
from adapters.s3.connection import S3Connection, open_s3
from adapters.s3.signer import SigV4UrlSigner
from adapters.s3.store import S3ObjectStore
from domain.checksum import Checksum
from tests.conftest import APP_ORIGIN

BODY = b"0123456789"


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
        yield session


def signed(s3: S3Connection, key: str) -> tuple[URL, dict[str, str]]:
    upload = SigV4UrlSigner(s3.address).put(
        key,
        content_type="image/jpeg",
        size=len(BODY),
        checksum=Checksum(sha256(BODY).digest()),
        now=datetime.now(UTC),
        expires_in=timedelta(minutes=15),
    )
    return URL(upload.url, encoded=True), dict(upload.headers)


async def test_a_browser_of_our_origin_may_put_and_read_the_etag(
    s3: S3Connection, browser: aiohttp.ClientSession
) -> None:
    url, headers = signed(s3, f"{uuid4().hex}/photo")
    asked = ", ".join(name for name in headers if name != "content-length")
    preflight = {
        "Origin": APP_ORIGIN,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": asked,
    }

    async with browser.options(url, headers=preflight) as answer:
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == APP_ORIGIN
        assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
        allowed = answer.headers["Access-Control-Allow-Headers"].lower()
        assert all(name.strip() in allowed for name in asked.split(","))
    async with browser.put(url, headers={**headers, "Origin": APP_ORIGIN}, data=BODY) as answer:
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == APP_ORIGIN
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


async def test_a_browser_of_another_origin_may_not(s3: S3Connection, browser: aiohttp.ClientSession) -> None:
    url, _ = signed(s3, f"{uuid4().hex}/photo")
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}

    async with browser.options(url, headers=preflight) as answer:
        assert answer.status == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_player_reads_a_range(s3: S3Connection, browser: aiohttp.ClientSession, tmp_path: Path) -> None:
    key = f"{uuid4().hex}/video"
    (tmp_path / "source").write_bytes(BODY)
    await S3ObjectStore(s3).upload(key, tmp_path / "source", content_type="video/mp4")
    url = SigV4UrlSigner(s3.address).get(key, now=datetime.now(UTC), expires_in=timedelta(minutes=15))

    async with browser.get(URL(url, encoded=True), headers={"Range": "bytes=2-4"}) as answer:
        assert answer.status == 206
        assert await answer.read() == BODY[2:5]
        assert answer.headers["Content-Range"] == "bytes 2-4/10"


async def test_preparing_creates_the_bucket_and_may_be_repeated(bucket_address: BucketAddress) -> None:
    address = replace(bucket_address, bucket=f"fresh-{uuid4().hex}")
    async with open_s3(address) as s3:
        for origins in ([], ["https://old.example"], [APP_ORIGIN]):
            await prepare_bucket(s3, cors_origins=origins)

        rules = await s3.client.get_bucket_cors(Bucket=address.bucket)
        assert [rule["AllowedOrigins"] for rule in rules["CORSRules"]] == [[APP_ORIGIN]]
        lifecycle = await s3.client.get_bucket_lifecycle_configuration(Bucket=address.bucket)
        (rule,) = lifecycle["Rules"]
        assert rule["Status"] == "Enabled"
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 2}


async def test_preparing_keeps_the_lifecycle_rules_of_others(bucket_address: BucketAddress) -> None:
    address = replace(bucket_address, bucket=f"fresh-{uuid4().hex}")
    async with open_s3(address) as s3:
        await s3.client.create_bucket(Bucket=address.bucket)
        await s3.client.put_bucket_lifecycle_configuration(
            Bucket=address.bucket,
            LifecycleConfiguration={
                "Rules": [
                    {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 9}}
                ]
            },
        )
        for _ in range(2):
            await prepare_bucket(s3, cors_origins=[], abort_uploads_after_days=1)

        lifecycle = await s3.client.get_bucket_lifecycle_configuration(Bucket=address.bucket)
        assert [rule.get("ID") for rule in lifecycle["Rules"]] == ["theirs", "abort-abandoned-uploads"]
