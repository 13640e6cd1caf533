"""Whatever an application needs, taken from the Api that is asked: so one serves them all, a new Api a test.

To make an application takes longer than most tests of it.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Self

from litestar.types import ASGIApp, Receive, Scope, Send

_asked: ContextVar[Any] = ContextVar("asked")


class Asking:
    """The application, on behalf of one Api."""

    def __init__(self, app: ASGIApp, api: object) -> None:
        self._app, self._api = app, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _asked.set(self._api)
        try:
            await self._app(scope, receive, send)
        finally:
            _asked.reset(token)


class HeldByAsked:
    """What the asked Api holds under this name, and of its type: Litestar looks at what it hands to handlers."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def _held(self) -> Any:
        return getattr(_asked.get(), self._name)

    @property
    def __class__(self) -> type:
        return type(self._held)

    def __deepcopy__(self, _: object) -> Self:
        """Litestar copies routers with all they hold; this is for sharing."""
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._held, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._held(*args, **kwargs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._held)

    def __getitem__(self, key: Any) -> Any:
        return self._held[key]
