"""Tokens with a shared secret, and what any token must say."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.auth.jwt import JwtVerifier, issue_token
from application.ports.auth import TokenRefused
from domain.principal import Principal, Role
from tests.adapters.auth.tokens import NOW, claims
from tests.builders import OWNER, PHOTOGRAPHER, STORE

SECRET = "a secret of 32 bytes, for tests only"
LEEWAY = timedelta(seconds=30)
PRINCIPAL = Principal(user_id=PHOTOGRAPHER, store_id=STORE, roles=frozenset({Role.PHOTOGRAPHER}))


def verifier(**options: Any) -> JwtVerifier:
    return JwtVerifier(**{"secret": SECRET, "now": lambda: NOW, "leeway": LEEWAY, **options})


def token(algorithm: str = "HS256", secret: str = SECRET, **changes: Any) -> str:
    return jwt.encode(claims(**changes), secret, algorithm=algorithm)


def spelled(header: Any, payload: Any, signature: bytes = b"x") -> str:
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


async def refused(text: str, **options: Any) -> str:
    """What its bearer is told."""
    with pytest.raises(TokenRefused) as caught:
        await verifier(**options).verify(text)
    return caught.value.detail


async def test_a_token_of_ours_is_good_until_it_expires() -> None:
    who = Principal(user_id=OWNER, store_id=STORE, roles=frozenset({Role.OWNER, Role.ADMIN}))
    ours = issue_token(SECRET, who, timedelta(hours=1), NOW)

    assert await verifier().verify(ours) == who
    late = NOW + timedelta(hours=1) + LEEWAY
    assert await verifier(now=lambda: late - timedelta(seconds=1)).verify(ours) == who
    await refused(ours, now=lambda: late)


async def test_roles_that_nobody_knows_are_passed_over() -> None:
    assert await verifier().verify(token(roles=["photographer", "astronaut", 5, None])) == PRINCIPAL


async def test_a_token_without_roles_is_a_principal_without_rights() -> None:
    assert (await verifier().verify(token(roles=[]))).roles == frozenset()


@pytest.mark.parametrize("missing", ["sub", "store_id", "roles", "exp"])
async def test_every_claim_is_needed(missing: str) -> None:
    assert missing in await refused(token(**{missing: None}))


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "nobody"},
        {"sub": 5},
        {"store_id": "somewhere"},
        {"store_id": ["x"]},
        {"roles": "admin"},
        {"roles": {"admin": True}},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 10**400},
        {"exp": float("inf")},
        {"exp": -1},
        {"nbf": "now"},
        {"nbf": (NOW + timedelta(seconds=31)).timestamp()},
    ],
)
async def test_claims_must_be_what_they_should_be(changes: dict[str, Any]) -> None:
    await refused(token(**changes))


async def test_clocks_may_differ_a_little() -> None:
    soon = (NOW + timedelta(seconds=29)).timestamp()

    assert await verifier().verify(token(nbf=soon, iat=soon)) == PRINCIPAL


async def test_issuer_and_audience_are_asked_for_where_they_are_configured() -> None:
    strict = {"issuer": "https://issuer.example", "audience": "vitrine"}

    assert await verifier(**strict).verify(token(iss="https://issuer.example", aud=["other", "vitrine"])) == PRINCIPAL
    assert await verifier().verify(token(iss="anybody", aud="anything")) == PRINCIPAL
    for changes in ({}, {"iss": "https://issuer.example"}, {"aud": "vitrine"}, {"iss": "x", "aud": "vitrine"}):
        await refused(token(**changes), **strict)


async def test_with_nothing_configured_every_token_is_refused() -> None:
    for text in (token(), token(algorithm="none", secret=""), spelled({"alg": "HS256"}, claims())):
        await refused(text, secret=None)


@pytest.mark.parametrize(
    "text",
    [
        token(algorithm="none", secret=""),
        token(algorithm="HS512", secret=SECRET * 2),
        token(algorithm="HS384", secret=SECRET * 2),
        token(secret="another secret of 32 bytes, or more"),
        spelled({"alg": "none"}, claims(), b""),
        spelled({"alg": "NONE"}, claims(), b""),
        spelled({"alg": ["HS256"]}, claims()),
        spelled({"alg": "HS256"}, claims()),
        spelled({}, claims()),
        spelled([], claims()),
        spelled({"alg": "RS256", "kid": "x"}, claims()),
        spelled({"alg": "HS256", "kid": 5}, claims()),
        "",
        ".",
        "..",
        "a.b.c",
        "é.é.é",
        "\0",
        token() + "x",
        token()[:-2],
        base64.urlsafe_b64encode(b"[" * 9_000).decode() + ".e30.x",
        "x" * 100_000,
    ],
)
async def test_what_is_no_token_of_ours_is_refused(text: str) -> None:
    await refused(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense", "it is not a JSON Web Token"),
        (token(secret="another secret of 32 bytes, or more"), "its signature is wrong"),
        (token(algorithm="none", secret=""), "it is not signed in a way that is accepted here"),
        (token(iss="x", aud="vitrine"), "it is of another issuer"),
        (token(iss="https://issuer.example", aud="x"), "it is for somebody else"),
        (token(iss="https://issuer.example"), "the claim aud is missing"),
        (token(aud="vitrine"), "the claim iss is missing"),
    ],
)
async def test_the_bearer_of_a_wrong_token_is_told_what_is_wrong_with_it(text: str, reason: str) -> None:
    strict = {"issuer": "https://issuer.example", "audience": "vitrine"}

    assert await refused(text, **strict) == f"the token is not valid: {reason}"


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,20}"))
async def test_nonsense_is_refused_and_nothing_worse(text: str) -> None:
    await refused(text)


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_a_secret_that_can_be_guessed_is_not_taken(secret: str) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        JwtVerifier(secret=secret)
    with pytest.raises(ValueError, match="32 bytes"):
        issue_token(secret, PRINCIPAL, timedelta(hours=1), NOW)
