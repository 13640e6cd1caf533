"""Bearer tokens: JSON Web Tokens, signed with a shared secret or by an issuer that publishes its keys."""

import math
import ssl
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from jwt import PyJWK

from adapters.auth.jwks import JsonWebKeys, JwksPolicy
from application.ports.auth import TokenRefused, TokenVerifier
from domain.ids import StoreId, UserId
from domain.principal import Principal, Role

_SHARED = "HS256"
_PUBLISHED = frozenset({"RS256", "ES256"})
_SHORTEST_SECRET = 32
_LONGEST_TOKEN = 16 * 1024
_KNOWN_ROLES = frozenset(Role)


class JwtVerifier(TokenVerifier):
    """HS256 with `secret`, RS256 and ES256 with the keys at `jwks_url`; with neither, every token is refused.

    The algorithm decides which kind of key is looked at, so that a published key is never taken for a secret.
    `exp`, `sub`, `store_id` and `roles` are required; `iss` and `aud` as well where they are configured. `authorities`
    vouch for whoever publishes the keys.
    """

    def __init__(
        self,
        *,
        secret: str | None = None,
        jwks_url: str | None = None,
        issuer: str | None = None,
        audience: str | None = None,
        leeway: timedelta = timedelta(seconds=30),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        jwks_policy: JwksPolicy | None = None,
        authorities: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._secret = None if secret is None else _strong(secret)
        self._keys = (
            None if jwks_url is None else JsonWebKeys(jwks_url, now=now, policy=jwks_policy, authorities=authorities)
        )
        self._issuer = issuer
        self._audience = audience
        self._leeway = leeway
        self._now = now

    async def verify(self, token: str) -> Principal:
        if len(token) > _LONGEST_TOKEN:
            raise TokenRefused("the token is too long")
        key, algorithm = await self._key_for(token)
        claims = self._claims(token, key, algorithm)
        self._require_current(claims)
        return _principal(claims)

    async def _key_for(self, token: str) -> tuple[bytes | PyJWK, str]:
        if self._secret is not None and self._keys is None:
            return self._secret, _SHARED  # there is no choice: decoding refuses every other algorithm
        header = _header(token)
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm == _SHARED and self._secret is not None:
            return self._secret, _SHARED
        if isinstance(algorithm, str) and algorithm in _PUBLISHED and self._keys is not None:
            return await self._keys.find(key_id if isinstance(key_id, str) else None), algorithm
        raise TokenRefused("the token is not signed in a way that is accepted here")

    def _claims(self, token: str, key: bytes | PyJWK, algorithm: str) -> Mapping[str, Any]:
        if isinstance(key, PyJWK) and key.algorithm_name != algorithm:
            raise TokenRefused("the token's key belongs to another algorithm")
        required = ["exp", "sub", "store_id", "roles", *(["iss"] if self._issuer else [])]
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=self._issuer,
                audience=self._audience,
                # Times are judged by our own clock, below.
                options={
                    "require": required,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_aud": self._audience is not None,
                },
            )
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise TokenRefused(f"the token is not valid: {_reason(error)}") from error

    def _require_current(self, claims: Mapping[str, Any]) -> None:
        now, leeway = self._now().timestamp(), self._leeway.total_seconds()
        if now >= _seconds(claims, "exp") + leeway:
            raise TokenRefused("the token has expired")
        if "nbf" in claims and now < _seconds(claims, "nbf") - leeway:
            raise TokenRefused("the token is not valid yet")


def issue_token(secret: str, principal: Principal, lifetime: timedelta, now: datetime) -> str:
    """A token that a `JwtVerifier` with the same secret accepts until `now + lifetime`."""
    claims = {
        "sub": str(principal.user_id),
        "store_id": str(principal.store_id),
        "roles": sorted(principal.roles),
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    return jwt.encode(claims, _strong(secret), algorithm=_SHARED)


def _strong(secret: str) -> bytes:
    encoded = secret.encode()
    if len(encoded) < _SHORTEST_SECRET:
        raise ValueError(f"a token secret needs {_SHORTEST_SECRET} bytes or more")
    return encoded


def _header(token: str) -> Mapping[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise TokenRefused("the token is not a JSON Web Token") from error


def _reason(error: Exception) -> str:
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"the claim {error.claim} is missing"
    return next((reason for kind, reason in _REASONS.items() if isinstance(error, kind)), "its claims cannot be read")


_REASONS: Mapping[type[jwt.PyJWTError], str] = {
    jwt.InvalidSignatureError: "its signature is wrong",
    jwt.InvalidAlgorithmError: "it is not signed in a way that is accepted here",
    jwt.InvalidIssuerError: "it is of another issuer",
    jwt.InvalidAudienceError: "it is for somebody else",
    jwt.DecodeError: "it is not a JSON Web Token",
}
"""The first that fits counts: some kinds are of others."""


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims[name]
    try:
        seconds = float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        seconds = math.inf
    if isinstance(value, bool) or not math.isfinite(seconds):
        raise TokenRefused(f"the claim {name} is not a time")
    return seconds


def _principal(claims: Mapping[str, Any]) -> Principal:
    return Principal(
        user_id=UserId(_uuid(claims, "sub")),
        store_id=StoreId(_uuid(claims, "store_id")),
        roles=frozenset(Role(role) for role in _listed(claims["roles"]) if role in _KNOWN_ROLES),
    )


def _uuid(claims: Mapping[str, Any], name: str) -> UUID:
    try:
        return UUID(claims[name])
    except (ValueError, TypeError, AttributeError) as error:
        raise TokenRefused(f"the claim {name} is not a UUID") from error


def _listed(roles: object) -> Collection[str]:
    if not isinstance(roles, list):
        raise TokenRefused("the claim roles is not a list")
    return [role for role in roles if isinstance(role, str)]
