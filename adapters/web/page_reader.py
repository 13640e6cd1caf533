import base64

import msgspec

from application.ports.decoding import IsolatedRunner
from application.ports.web import PageReader, PageSummary

READ_PAGE = "adapters.web.page:read_page"
"""The function that the runner given to a ChildPageReader must allow."""


class ChildPageReader(PageReader):
    """Reads in a child process; `timeout` is in seconds. The worst MiB that we know of takes one."""

    def __init__(self, runner: IsolatedRunner, *, timeout: float = 10.0) -> None:
        self._runner = runner
        self._timeout = timeout

    async def read(self, start: bytes, *, url: str, content_type: str | None) -> PageSummary:
        arguments: dict[str, object] = {
            "start": base64.b64encode(start).decode(),
            "url": url,
            "content_type": content_type,
        }
        answer = await self._runner.run(READ_PAGE, arguments, timeout=self._timeout)
        return msgspec.convert(answer, PageSummary)
