"""Issuers of tokens, for tests: what they sign with and what they publish."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.builders import PHOTOGRAPHER, STORE

NOW = datetime(2025, 5, 4, 12, tzinfo=UTC)


class IssuerKey:
    """One key pair under a name."""

    def __init__(self, key_id: str, algorithm: str = "ES256") -> None:
        self.key_id, self.algorithm = key_id, algorithm
        self.private: Any = (
            ec.generate_private_key(ec.SECP256R1())
            if algorithm == "ES256"
            else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )

    @property
    def published(self) -> dict[str, Any]:
        algorithm = ECAlgorithm if self.algorithm == "ES256" else RSAAlgorithm
        return {**algorithm.to_jwk(self.private.public_key(), as_dict=True), "kid": self.key_id, "use": "sig"}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers={"kid": self.key_id, **header})


def claims(**changes: Any) -> dict[str, Any]:
    """Sound claims; a change to None leaves one out."""
    sound = {
        "sub": str(PHOTOGRAPHER),
        "store_id": str(STORE),
        "roles": ["photographer"],
        "exp": (NOW + timedelta(hours=1)).timestamp(),
    }
    return {name: value for name, value in (sound | changes).items() if value is not None}


def forged(payload: dict[str, Any], secret: bytes, **header: Any) -> str:
    """Signed with HMAC whatever the header says; libraries refuse to write such tokens."""
    signing_input = b".".join(_encoded(json.dumps(part).encode()) for part in (header, payload))
    return (signing_input + b"." + _encoded(hmac.digest(secret, signing_input, "sha256"))).decode()


def _encoded(part: bytes) -> bytes:
    return urlsafe_b64encode(part).rstrip(b"=")


class Issuer:
    """Publishes `keys` at `url`. `answer`, if set, makes what it sends instead; `asked` counts the requests."""

    url: str

    def __init__(self, *keys: IssuerKey) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.answer: Callable[[], web.Response] | None = None

    async def handle(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.answer is not None:
            return self.answer()
        return web.Response(text=json.dumps({"keys": [key.published for key in self.keys]}))


@asynccontextmanager
async def open_issuer(*keys: IssuerKey) -> AsyncIterator[Issuer]:
    issuer = Issuer(*keys)
    application = web.Application()
    application.router.add_get("/jwks.json", issuer.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    issuer.url = f"http://{host}:{port}/jwks.json"
    try:
        yield issuer
    finally:
        await runner.cleanup()
