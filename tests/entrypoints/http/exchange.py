"""One request, message by message, as a server hands it to the application."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec


class Exchange:
    """`body` is what the client sends, piece by piece, for as long as anybody asks; after it the client is there and
    silent, or `gone`. `content_length` is what it says, None for a body in chunks.
    """

    def __init__(
        self,
        app: Any,
        path: str,
        headers: Mapping[str, str],
        body: AsyncIterator[bytes],
        *,
        content_length: int | None = None,
        gone: bool = False,
        method: str = "POST",
    ) -> None:
        self._app = app
        self._body = body
        self._gone = gone
        self._content_length = content_length
        length = {"transfer-encoding": "chunked"} if content_length is None else {"content-length": str(content_length)}
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in {**headers, **length}.items()],
            "client": ("203.0.113.7", 50000),
            "server": ("testserver", 80),
            "state": {},
        }
        self.received = 0
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.content = b""
        self.received_when_answered = 0
        self._over = asyncio.Event()

    async def run(self) -> "Exchange":
        await self._app(self._scope, self._receive, self._send)
        return self

    def json(self) -> Any:
        return msgspec.json.decode(self.content)

    async def _receive(self) -> dict[str, Any]:
        async for piece in self._body:
            self.received += len(piece)
            return {"type": "http.request", "body": piece, "more_body": self.received != self._content_length}
        if self._gone:
            return {"type": "http.disconnect"}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            self.received_when_answered = self.received
        else:
            self.content += message["body"]
            if not message["more_body"]:
                self._over.set()
