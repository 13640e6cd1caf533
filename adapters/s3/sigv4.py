"""AWS Signature Version 4 in the query string, for one bucket.

Written for speed: a listing's page signs hundreds of URLs. What does not change between
two URLs of one moment is formatted and hashed once. Byte for byte what botocore makes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.s3.address import BucketAddress

if TYPE_CHECKING:
    from _hashlib import HASH

_LONGEST = 7 * 24 * 3600
_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))

_needs_no_encoding: Callable[[str], object] = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch


def encode_path(key: str) -> str:
    return key if _needs_no_encoding(key) else quote(key, safe="/~")


def encode_value(value: str) -> str:
    return quote(value, safe="~")


@dataclass(frozen=True, slots=True)
class _DayKey:
    """One day's HMAC, its two halves fed with the key: a copy is cheaper than a new one."""

    scope: str
    inner: "HASH"
    outer: "HASH"


@dataclass(frozen=True, slots=True)
class _Moment:
    """All that the URLs of one instant and one lifetime share."""

    now: datetime
    expires_in: timedelta
    inner: "HASH"
    outer: "HASH"
    query: str

    def sign(self, canonical_request: str) -> str:
        inner = self.inner.copy()
        inner.update(sha256(canonical_request.encode()).hexdigest().encode())
        outer = self.outer.copy()
        outer.update(inner.digest())
        return outer.hexdigest()


class Presigner:
    def __init__(self, address: BucketAddress) -> None:
        self._address = address
        self._origin = address.origin
        self._host = address.host
        self._base_path = address.base_path
        token = encode_value(address.session_token) if address.session_token else ""
        self._token = f"&X-Amz-Security-Token={token}" if token else ""
        self._day_key = lru_cache(maxsize=2)(self._derive_day_key)
        self._moment: _Moment | None = None
        self._bare_tail = f"\nhost:{self._host}\n\nhost\nUNSIGNED-PAYLOAD"

    def presign(
        self,
        method: str,
        key: str,
        *,
        now: datetime,
        expires_in: timedelta,
        headers: Mapping[str, str] | None = None,
        query: str = "",
    ) -> str:
        """Return a URL for one request, valid from `now` (with a time zone) for whole seconds, 7 days at most.

        The request must carry `headers` (lower-case names) exactly as given. `query` is sorted and
        percent-encoded, and its names sort after "X-Amz", as all of S3's do.
        """
        moment = self._moment
        if moment is None or moment.now != now or moment.expires_in != expires_in:
            moment = self._moment = self._at(now, expires_in)
        path = self._base_path + encode_path(key)
        if headers:
            names, tail = self._with_headers(headers)
        else:
            names, tail = "host", self._bare_tail
        auth = f"{moment.query}{self._token}&X-Amz-SignedHeaders={names}"
        canonical_query = f"{auth}&{query}" if query else auth
        signature = moment.sign(f"{method}\n{path}\n{canonical_query}{tail}")
        if self._token:
            # botocore's order; the canonical form above is sorted, a URL need not be.
            auth = f"{moment.query}&X-Amz-SignedHeaders={names}{self._token}"
        if query:
            return f"{self._origin}{path}?{query}&{auth}&X-Amz-Signature={signature}"
        return f"{self._origin}{path}?{auth}&X-Amz-Signature={signature}"

    def _with_headers(self, headers: Mapping[str, str]) -> tuple[str, str]:
        named = sorted([*headers.items(), ("host", self._host)])
        lines = "".join([f"{name}:{' '.join(value.split())}\n" for name, value in named])
        names = [name for name, _ in named]
        return "%3B".join(names), f"\n{lines}\n{';'.join(names)}\nUNSIGNED-PAYLOAD"

    def _at(self, now: datetime, expires_in: timedelta) -> _Moment:
        if now.tzinfo is None:
            raise ValueError("a signature needs a time with a zone")
        seconds = int(expires_in.total_seconds())
        if not 0 < seconds <= _LONGEST:
            raise ValueError(f"a signed URL lives 1 second to 7 days, not {expires_in}")
        timestamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        day = self._day_key(timestamp[:8])
        inner = day.inner.copy()
        inner.update(f"AWS4-HMAC-SHA256\n{timestamp}\n{day.scope}\n".encode())
        credential = encode_value(f"{self._address.access_key}/{day.scope}")
        query = (
            f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}"
            f"&X-Amz-Date={timestamp}&X-Amz-Expires={seconds}"
        )
        return _Moment(now, expires_in, inner, day.outer, query)

    def _derive_day_key(self, day: str) -> _DayKey:
        key = f"AWS4{self._address.secret_key}".encode()
        for step in (day, self._address.region, "s3", "aws4_request"):
            key = digest(key, step.encode(), "sha256")
        block = key.ljust(_BLOCK, b"\0")
        return _DayKey(
            scope=f"{day}/{self._address.region}/s3/aws4_request",
            inner=sha256(block.translate(_INNER)),
            outer=sha256(block.translate(_OUTER)),
        )
