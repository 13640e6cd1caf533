from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Protocol
from uuid import uuid4

import aiohttp
import pytest
from yarl import URL

from adapters.memory.clock import ManualClock
from adapters.memory.signed_urls import MemoryAnswer, MemoryHttp, MemoryUrlSigner
from adapters.memory.storage import MemoryBucket, MemoryMultipartUploads, MemoryObjectStore
from adapters.s3.connection import S3Connection
from adapters.s3.multipart import S3MultipartUploads
from adapters.s3.signer import SigV4UrlSigner
from adapters.s3.store import S3ObjectStore
from application.ports.storage import MultipartUploads, ObjectStore, UrlSigner


class Send(Protocol):
    """One request along a signed URL, by a client that knows nothing but the URL."""

    async def __call__(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> MemoryAnswer: ...


@dataclass(frozen=True, kw_only=True)
class Storage:
    """The three storage ports over one bucket. `key` makes names that no other test has; `open_uploads` counts those
    below a prefix that were neither completed nor aborted.

    S3 dates what it holds in whole seconds, hence `seconds_between_versions`.
    """

    objects: ObjectStore
    uploads: MultipartUploads
    signer: UrlSigner
    send: Send
    open_uploads: Callable[[str], Awaitable[int]]
    now: datetime
    seconds_between_versions: float
    prefix: str = field(default_factory=lambda: uuid4().hex)

    def key(self, name: str = "object") -> str:
        return f"{self.prefix}/{name}"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
        yield session


@pytest.fixture(params=["memory", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "memory":
        return _memory()
    return _s3(request.getfixturevalue("s3"), request.getfixturevalue("browser"))


def _s3(connection: S3Connection, browser: aiohttp.ClientSession) -> Storage:
    async def send(
        method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> MemoryAnswer:
        data = BytesIO(body) if method == "PUT" else None
        async with browser.request(method, URL(url, encoded=True), headers=headers, data=data) as answer:
            names = {name.lower(): value for name, value in answer.headers.items()}
            return MemoryAnswer(answer.status, await answer.read(), names)

    async def open_uploads(prefix: str) -> int:
        answer = await connection.client.list_multipart_uploads(Bucket=connection.address.bucket, Prefix=prefix)
        return len(answer.get("Uploads", ()))

    return Storage(
        objects=S3ObjectStore(connection),
        uploads=S3MultipartUploads(connection),
        signer=SigV4UrlSigner(connection.address),
        send=send,
        open_uploads=open_uploads,
        now=datetime.now(UTC),
        seconds_between_versions=1.1,
    )


def _memory() -> Storage:
    signer, clock = MemoryUrlSigner(), ManualClock()
    bucket = MemoryBucket(clock)
    http = MemoryHttp(bucket, signer, clock)

    async def send(
        method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> MemoryAnswer:
        return http.send(method, url, headers=headers, body=body)

    async def open_uploads(prefix: str) -> int:
        return sum(upload.key.startswith(prefix) for upload in bucket.uploads.values())

    return Storage(
        objects=MemoryObjectStore(bucket),
        uploads=MemoryMultipartUploads(bucket),
        signer=signer,
        send=send,
        open_uploads=open_uploads,
        now=clock.now(),
        seconds_between_versions=0,
    )
