"""Who is calling: the bearer token, before anything else is looked at."""

from typing import Self

from litestar.datastructures import Headers
from litestar.enums import HttpMethod, ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from application.ports.auth import TokenRefused, TokenVerifier

_SCHEME = "bearer"


class TokenRequired(ASGIMiddleware):
    """Puts the Principal into the scope, where a request finds it as `user`."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    def __deepcopy__(self, _: object) -> Self:
        """Litestar copies routers with all they hold; a verifier with its keys is for sharing."""
        return self

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] != HttpMethod.OPTIONS:
            scope["user"] = await self._verifier.verify(_token(scope))
        await next_app(scope, receive, send)


def _token(scope: Scope) -> str:
    scheme, _, token = Headers.from_scope(scope).get("authorization", "").partition(" ")
    if scheme.lower() != _SCHEME or not token.strip():
        raise TokenRefused("this needs a header Authorization: Bearer <token>")
    return token.strip()
