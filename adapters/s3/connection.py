import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import aioboto3
import aiohttp
from aiobotocore.config import AioConfig

from adapters.s3.address import BucketAddress
from adapters.s3.requests import SignedRequests, Timeouts

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

Authorities: TypeAlias = Callable[[], ssl.SSLContext]

_READ_AHEAD = 1024 * 1024
_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Connection:
    """One bucket, reached in two ways: `client` for rare calls, `requests` for bytes.

    botocore spends milliseconds of CPU on a call, a signed request of ours a few tenths of one.
    """

    address: BucketAddress
    client: "S3Client"
    requests: SignedRequests


@asynccontextmanager
async def open_s3(
    address: BucketAddress,
    *,
    max_connections: int = 32,
    timeouts: Timeouts = _TIMEOUTS,
    authorities: Authorities = ssl.create_default_context,
) -> AsyncIterator[S3Connection]:
    """Open both ways to the bucket; `address` is the one by which *we* reach the store.

    `authorities` are asked for where it is reached by TLS. Connects lazily, so that an absent store shows at the first
    call. One a process is enough.
    """
    async with (
        _session().client(
            "s3",
            endpoint_url=address.endpoint_url,
            region_name=address.region,
            aws_access_key_id=address.access_key,
            aws_secret_access_key=address.secret_key,
            aws_session_token=address.session_token,
            # Without TLS there is nothing to check, and the authorities take a twentieth of a second to read.
            verify=None if address.origin.startswith("https:") else False,
            config=_config(address, timeouts),
        ) as client,
        _http_session(address, max_connections, authorities) as http,
    ):
        yield S3Connection(address=address, client=client, requests=SignedRequests(http, address, timeouts))


@cache
def _session() -> aioboto3.Session:
    """One for all clients: each session reads the description of S3 anew, for a tenth of a second."""
    return aioboto3.Session()


def _config(address: BucketAddress, timeouts: Timeouts) -> AioConfig:
    return AioConfig(
        signature_version="s3v4",
        s3={"addressing_style": "path" if address.path_style else "virtual"},
        connect_timeout=timeouts.connect,
        read_timeout=timeouts.silence,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=16,
        # Many S3-compatible stores reject the trailing checksums that newer versions add unasked.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


def _http_session(address: BucketAddress, max_connections: int, authorities: Authorities) -> aiohttp.ClientSession:
    tls = authorities() if address.origin.startswith("https:") else True
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=max_connections, ssl=tls),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        read_bufsize=_READ_AHEAD,
    )
