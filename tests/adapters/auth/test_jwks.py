"""Tokens of an issuer that publishes its keys, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.auth.jwks import JwksPolicy
from adapters.auth.jwt import JwtVerifier
from adapters.memory.clock import ManualClock
from application.ports.auth import TokenRefused
from domain.errors import Unavailable
from tests.adapters.auth.tokens import NOW, Issuer, IssuerKey, claims, forged, open_issuer
from tests.builders import PHOTOGRAPHER

OLD, NEW, STRANGE = IssuerKey("old"), IssuerKey("new", "RS256"), IssuerKey("strange")
POLICY = JwksPolicy(
    fresh_for=timedelta(minutes=10),
    usable_for=timedelta(hours=6),
    pause=timedelta(seconds=15),
    timeout=timedelta(milliseconds=500),
)


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with open_issuer(OLD) as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def verifier(issuer: Issuer, clock: ManualClock) -> JwtVerifier:
    return JwtVerifier(jwks_url=issuer.url, now=clock.now, jwks_policy=POLICY)


def lasting(**changes: Any) -> dict[str, Any]:
    return claims(exp=(NOW + timedelta(days=9)).timestamp(), **changes)


async def test_keys_are_fetched_once(issuer: Issuer, verifier: JwtVerifier) -> None:
    who = await asyncio.gather(*[verifier.verify(OLD.sign(claims())) for _ in range(20)])

    assert {principal.user_id for principal in who} == {PHOTOGRAPHER}
    assert issuer.asked == 1


async def test_rsa_keys_are_taken_too(issuer: Issuer, verifier: JwtVerifier) -> None:
    issuer.keys = [NEW]

    assert (await verifier.verify(NEW.sign(claims()))).user_id == PHOTOGRAPHER


async def test_a_key_that_is_new_is_fetched_at_once_and_the_old_one_still_serves(
    issuer: Issuer, verifier: JwtVerifier, clock: ManualClock
) -> None:
    await verifier.verify(OLD.sign(claims()))
    clock.advance(timedelta(seconds=15))
    issuer.keys = [OLD, NEW]

    await verifier.verify(NEW.sign(claims()))
    await verifier.verify(OLD.sign(claims()))

    assert issuer.asked == 2


async def test_a_key_that_was_withdrawn_serves_no_longer_than_it_is_fresh(
    issuer: Issuer, verifier: JwtVerifier, clock: ManualClock
) -> None:
    await verifier.verify(OLD.sign(lasting()))
    issuer.keys = [NEW]
    clock.advance(timedelta(minutes=9))
    await verifier.verify(OLD.sign(lasting()))
    clock.advance(timedelta(minutes=1))

    with pytest.raises(TokenRefused):
        await verifier.verify(OLD.sign(lasting()))


async def test_keys_that_nobody_has_do_not_flood_the_issuer(
    issuer: Issuer, verifier: JwtVerifier, clock: ManualClock
) -> None:
    for number in range(10):
        with pytest.raises(TokenRefused):
            await verifier.verify(STRANGE.sign(claims(), kid=f"made up {number}"))
    assert issuer.asked == 1

    clock.advance(timedelta(seconds=15))
    with pytest.raises(TokenRefused):
        await verifier.verify(STRANGE.sign(claims()))
    assert issuer.asked == 2


async def test_keys_serve_on_while_the_issuer_is_silent_but_not_for_ever(
    issuer: Issuer, verifier: JwtVerifier, clock: ManualClock
) -> None:
    await verifier.verify(OLD.sign(lasting()))
    issuer.answer = lambda: web.Response(status=500)
    clock.advance(timedelta(hours=5))

    await verifier.verify(OLD.sign(lasting()))
    with pytest.raises(Unavailable):
        await verifier.verify(NEW.sign(lasting()))

    clock.advance(timedelta(hours=1))
    with pytest.raises(Unavailable):
        await verifier.verify(OLD.sign(lasting()))


async def test_an_issuer_that_comes_back_is_believed_again(
    issuer: Issuer, verifier: JwtVerifier, clock: ManualClock
) -> None:
    issuer.answer = lambda: web.Response(status=503)
    with pytest.raises(Unavailable):
        await verifier.verify(OLD.sign(claims()))
    issuer.answer = None
    clock.advance(timedelta(seconds=15))

    assert (await verifier.verify(OLD.sign(claims()))).user_id == PHOTOGRAPHER


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b'{"keys": []}',
        b'{"keys": {}}',
        b'{"keys": [1]}',
        b'{"keys": [{}]}',
        b'{"keys": [{"kty": "EC"}]}',
        b"\xff",
        b"[" * 100_000,
        b'{"keys": "' + b"x" * 2_000_000 + b'"}',
    ],
)
async def test_an_answer_that_is_no_key_set_is_no_answer(issuer: Issuer, verifier: JwtVerifier, body: bytes) -> None:
    issuer.answer = lambda: web.Response(body=body)

    with pytest.raises(Unavailable):
        await verifier.verify(OLD.sign(claims()))


async def test_keys_come_from_where_we_were_told_and_not_from_elsewhere(issuer: Issuer, verifier: JwtVerifier) -> None:
    async with open_issuer(STRANGE) as elsewhere:
        issuer.answer = lambda: web.Response(status=302, headers={"location": elsewhere.url})

        with pytest.raises((Unavailable, TokenRefused)):
            await verifier.verify(STRANGE.sign(claims()))
        assert elsewhere.asked == 0


async def test_an_issuer_that_does_not_answer_is_given_up(clock: ManualClock) -> None:
    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    silent = JwtVerifier(jwks_url=url, now=clock.now, jwks_policy=POLICY)
    async with server:
        with pytest.raises(Unavailable):
            await asyncio.wait_for(silent.verify(OLD.sign(claims())), 1.5)


async def test_a_caller_who_goes_away_does_not_make_the_issuer_look_empty(
    issuer: Issuer, verifier: JwtVerifier
) -> None:
    hurried = asyncio.create_task(verifier.verify(OLD.sign(claims())))
    await asyncio.sleep(0)
    hurried.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hurried

    with pytest.raises(Unavailable):
        await verifier.verify(OLD.sign(claims()))


async def test_a_published_key_is_no_secret(issuer: Issuer, verifier: JwtVerifier, clock: ManualClock) -> None:
    # The classic: sign with the public key as if it were the secret.
    public = OLD.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    both = JwtVerifier(secret="s" * 32, jwks_url=issuer.url, now=clock.now, jwks_policy=POLICY)

    assert await both.verify(forged(claims(), b"s" * 32, alg="HS256"))
    for either in (verifier, both):
        for secret in (public, json.dumps(OLD.published).encode()):
            for algorithm in ("HS256", "ES256"):
                with pytest.raises(TokenRefused):
                    await either.verify(forged(claims(), secret, alg=algorithm, kid="old"))


async def test_a_secret_in_a_key_set_is_not_used(issuer: Issuer, verifier: JwtVerifier) -> None:
    secret = {"kty": "oct", "k": "c2VjcmV0" * 8, "kid": "shared", "alg": "HS256"}
    issuer.answer = lambda: web.Response(text=json.dumps({"keys": [secret, OLD.published]}))

    for algorithm in ("HS256", "ES256"):
        with pytest.raises(TokenRefused):
            await verifier.verify(forged(claims(), b"secret" * 8, alg=algorithm, kid="shared"))


async def test_a_key_of_another_algorithm_is_refused(issuer: Issuer, verifier: JwtVerifier) -> None:
    issuer.keys = [OLD, NEW]

    with pytest.raises(TokenRefused):
        await verifier.verify(NEW.sign(claims(), kid="old"))


async def test_a_token_without_the_name_of_its_key_is_taken_while_there_is_only_one(
    issuer: Issuer, verifier: JwtVerifier, clock: ManualClock
) -> None:
    nameless = jwt.encode(claims(), OLD.private, algorithm="ES256")
    assert (await verifier.verify(nameless)).user_id == PHOTOGRAPHER

    issuer.keys = [OLD, NEW]
    clock.advance(timedelta(minutes=10))
    with pytest.raises(TokenRefused):
        await verifier.verify(nameless)


async def test_secret_and_key_set_may_serve_side_by_side(issuer: Issuer, clock: ManualClock) -> None:
    both = JwtVerifier(secret="s" * 32, jwks_url=issuer.url, now=clock.now, jwks_policy=POLICY)

    assert await both.verify(OLD.sign(claims())) == await both.verify(jwt.encode(claims(), "s" * 32))
