"""Signed URLs into a MemoryBucket, and the little of S3's HTTP that answers them."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from secrets import token_bytes
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from adapters.memory.storage import MemoryBucket
from application.ports.clock import Clock
from application.ports.storage import SignedUpload, UrlSigner
from domain.checksum import Checksum

_SIGNATURE = "&signature="
_HEADERS = ("content-length", "content-type", "x-amz-checksum-sha256")


class MemoryUrlSigner(UrlSigner):
    """`memory:///key?claims&signature=...`: what the URL permits is in the open, and cannot be changed."""

    def __init__(self) -> None:
        self._secret = token_bytes()

    def put(
        self,
        key: str,
        *,
        content_type: str,
        size: int,
        checksum: Checksum,
        now: datetime,
        expires_in: timedelta,
    ) -> SignedUpload:
        headers = {
            "content-length": str(size),
            "content-type": content_type,
            "x-amz-checksum-sha256": checksum.base64,
        }
        return SignedUpload(url=self._sign("PUT", key, now + expires_in, headers), headers=headers)

    def part(
        self, key: str, *, upload_id: str, number: int, size: int, now: datetime, expires_in: timedelta
    ) -> SignedUpload:
        headers = {"content-length": str(size)}
        claims = {"uploadId": upload_id, "partNumber": str(number)}
        return SignedUpload(url=self._sign("PUT", key, now + expires_in, headers | claims), headers=headers)

    def get(self, key: str, *, now: datetime, expires_in: timedelta, download_as: str | None = None) -> str:
        return self._sign("GET", key, now + expires_in, {"download_as": download_as or ""})

    def claims(self, url: str) -> Mapping[str, str] | None:
        """What the URL permits, or None when its signature does not hold."""
        unsigned, _, signature = url.rpartition(_SIGNATURE)
        if not hmac.compare_digest(self._signature(unsigned), signature):
            return None
        parts = urlsplit(unsigned)
        return {**dict(parse_qsl(parts.query)), "key": unquote(parts.path[1:])}

    def _sign(self, method: str, key: str, expires_at: datetime, claims: Mapping[str, str]) -> str:
        query = urlencode({"method": method, "expires": expires_at.timestamp(), **claims})
        unsigned = f"memory:///{quote(key)}?{query}"
        return f"{unsigned}{_SIGNATURE}{self._signature(unsigned)}"

    def _signature(self, unsigned: str) -> str:
        return hmac.digest(self._secret, unsigned.encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class MemoryAnswer:
    """A response as a client sees it; header names in lower case."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class MemoryHttp:
    """The client's side: sends requests along signed URLs, and is refused where S3 would refuse it."""

    def __init__(self, bucket: MemoryBucket, signer: MemoryUrlSigner, clock: Clock) -> None:
        self._bucket = bucket
        self._signer = signer
        self._clock = clock

    def put(self, upload: SignedUpload, body: bytes) -> MemoryAnswer:
        """Follow a signed upload to the letter of its headers; the body is the caller's."""
        return self.send("PUT", upload.url, headers=upload.headers, body=body)

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> MemoryAnswer:
        claims = self._signer.claims(url)
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if (
            claims is None
            or claims["method"] != method
            or float(claims["expires"]) < self._clock.now().timestamp()
            or any(sent.get(name) != claims[name] for name in _HEADERS if name in claims)
        ):
            return MemoryAnswer(HTTPStatus.FORBIDDEN)
        return self._get(claims) if method == "GET" else self._put(claims, body)

    def _get(self, claims: Mapping[str, str]) -> MemoryAnswer:
        stored = self._bucket.objects.get(claims["key"])
        if stored is None:
            return MemoryAnswer(HTTPStatus.NOT_FOUND)
        headers = {"etag": f'"{stored.described.etag}"', "content-type": stored.described.content_type}
        if "download_as" in claims:
            headers["content-disposition"] = f'attachment; filename="{claims["download_as"]}"'
        return MemoryAnswer(HTTPStatus.OK, stored.data, headers)

    def _put(self, claims: Mapping[str, str], body: bytes) -> MemoryAnswer:
        if len(body) != int(claims["content-length"]):
            return MemoryAnswer(HTTPStatus.BAD_REQUEST)
        if "uploadId" in claims:
            upload = self._bucket.upload(claims["key"], claims["uploadId"])
            if upload is None:
                return MemoryAnswer(HTTPStatus.NOT_FOUND)
            part = self._bucket.write_part(upload, int(claims["partNumber"]), body)
            return MemoryAnswer(HTTPStatus.OK, headers={"etag": f'"{part.etag}"'})
        checksum = Checksum(sha256(body).digest())
        if checksum.base64 != claims["x-amz-checksum-sha256"]:
            return MemoryAnswer(HTTPStatus.BAD_REQUEST)
        stored = self._bucket.write(claims["key"], body, content_type=claims["content-type"], checksum=checksum)
        return MemoryAnswer(HTTPStatus.OK, headers={"etag": f'"{stored.etag}"'})
