import msgspec

from adapters.imaging.lending import lent
from application.ports.decoding import ImageProbe, IsolatedRunner
from domain.assets.rendition import MediaFacts

READ_HEADER = "adapters.imaging.header:read_header"
"""The function that the runner given to a ChildImageProbe must allow."""


class ChildImageProbe(ImageProbe):
    """Looks in a child process. `pixel_limit` counts the pixels of the header; `timeout` is in seconds."""

    def __init__(self, runner: IsolatedRunner, *, pixel_limit: int = 200_000_000, timeout: float = 10.0) -> None:
        self._runner = runner
        self._pixel_limit = pixel_limit
        self._timeout = timeout

    async def look(self, start: bytes, *, content_type: str, is_whole: bool) -> MediaFacts | None:
        with lent(start) as source:
            arguments: dict[str, object] = {
                "source": source,
                "content_type": content_type,
                "pixel_limit": self._pixel_limit,
                "is_whole": is_whole,
            }
            answer = await self._runner.run(READ_HEADER, arguments, timeout=self._timeout)
        return msgspec.convert(answer, MediaFacts) if answer else None
