"""Answers that come before the body has been read."""

import asyncio
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_NEGLIGIBLE = 64 * 1024
"""Bytes that the server has received by then, or throws away unnoticed."""
_LINGER = 5.0
"""Seconds."""
_CLOSE = (b"connection", b"close")


class EarlyAnswer:
    """Left alone, a server goes on to receive what nobody wants, to its last byte, before the connection can be used
    again. So an early answer ends its connection, and says so.

    Not at once: a connection that is closed over unread bytes is reset, and a client that is still sending would never
    see the answer. For some seconds its bytes are thrown away; most clients stop, and close for themselves.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or _is_negligible(scope):
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send)
        await self._app(scope, exchange.receive, exchange.send)
        await exchange.end()


class _Exchange:
    """One request whose body is large, or of unknown size."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_read = False
        self._is_early = False
        self._is_answered = False

    async def receive(self) -> Any:
        message = await self._receive()
        self._is_read = self._is_read or not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._is_read:
            self._is_early = True
            message["headers"] = [*message["headers"], _CLOSE]
        elif message["type"] == "http.response.body" and self._is_early and not message["more_body"]:
            self._is_answered = True
            message["more_body"] = True
        await self._send(message)

    async def end(self) -> None:
        if not self._is_answered:
            return
        try:
            async with asyncio.timeout(_LINGER):
                while not self._is_read:
                    await self.receive()
                    # A sender that is always faster must not keep the clock from being looked at.
                    await asyncio.sleep(0)
        except TimeoutError:
            pass
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _is_negligible(scope: Any) -> bool:
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return False
    length = headers.get(b"content-length", b"0")
    return length.isdigit() and int(length) <= _NEGLIGIBLE
