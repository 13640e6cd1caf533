"""The public keys of a token issuer, fetched and kept."""

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import jwt
from jwt import PyJWK, PyJWKSet

from application.ports.auth import TokenRefused
from domain.errors import Unavailable

_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class JwksPolicy:
    """Keys are fetched again after `fresh_for`, and when a token names one that we do not know, but never within
    `pause` of the last try. While the issuer is silent, keys serve for `usable_for`.
    """

    fresh_for: timedelta = timedelta(minutes=10)
    usable_for: timedelta = timedelta(hours=6)
    pause: timedelta = timedelta(seconds=15)
    timeout: timedelta = timedelta(seconds=5)


@dataclass(slots=True)
class _Shelf:
    keys: Mapping[str | None, PyJWK] = field(default_factory=dict)
    fetched_at: datetime | None = None
    tried_at: datetime | None = None
    failure: str | None = "they have not been asked for"


class JsonWebKeys:
    def __init__(
        self,
        url: str,
        *,
        now: Callable[[], datetime],
        policy: JwksPolicy | None = None,
        authorities: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._url = url
        self._now = now
        self._policy = policy or JwksPolicy()
        self._authorities = authorities
        self._shelf = _Shelf()
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str | None) -> PyJWK:
        """The key of that name; without a name, the only key there is.

        Raises TokenRefused for a key that the issuer does not have, and Unavailable when that cannot be known.
        """
        key = self._known(key_id)
        if key is not None and self._fetching.locked():
            return key
        if key is None or self._is_older_than(self._policy.fresh_for):
            async with self._fetching:
                await self._refresh(key_id)
            key = self._known(key_id)
        if key is None:
            if self._shelf.failure is not None:
                raise Unavailable(f"the token issuer does not tell its keys: {self._shelf.failure}")
            raise TokenRefused("the token is signed by a key that its issuer does not have")
        return key

    def _known(self, key_id: str | None) -> PyJWK | None:
        if self._is_older_than(self._policy.usable_for):
            return None
        keys = self._shelf.keys
        if key_id is None:
            return next(iter(keys.values())) if len(keys) == 1 else None
        return keys.get(key_id)

    def _is_older_than(self, age: timedelta) -> bool:
        return self._shelf.fetched_at is None or self._now() - self._shelf.fetched_at >= age

    async def _refresh(self, key_id: str | None) -> None:
        """Whoever waited for the lock may find the work done."""
        now = self._now()
        if self._known(key_id) is not None and not self._is_older_than(self._policy.fresh_for):
            return
        if self._shelf.tried_at is not None and now - self._shelf.tried_at < self._policy.pause:
            return
        # Set before and cleared after: also a fetch that is cancelled has not succeeded.
        self._shelf.tried_at, self._shelf.failure = now, f"no answer from {self._url}"
        try:
            keys = _parse(await self._fetch())
        except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError, jwt.PyJWTError) as error:
            self._shelf.failure = f"{type(error).__name__} at {self._url}"
        else:
            self._shelf.keys, self._shelf.fetched_at, self._shelf.failure = keys, now, None

    async def _fetch(self) -> bytes:
        timeout = aiohttp.ClientTimeout(total=self._policy.timeout.total_seconds())
        tls = await asyncio.to_thread(self._authorities)
        async with (
            aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
            session.get(self._url, allow_redirects=False, ssl=tls) as response,
        ):
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _LARGEST:
                    raise ValueError("the key set is larger than any honest one")
            return bytes(body)


def _parse(body: bytes) -> Mapping[str | None, PyJWK]:
    """Keys that the package cannot use are left out. Raises ValueError or PyJWTError when none is left."""
    document = json.loads(body)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not all(isinstance(key, dict) for key in listed):
        raise ValueError("this is no JSON Web Key Set")
    return {key.key_id: key for key in PyJWKSet(listed).keys if key.public_key_use in {None, "sig"}}
