import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.ports.log import Log
from application.ports.storage import MultipartUploads, ObjectStore
from application.storage.upload_stream import ContentType, UploadStream
from domain.errors import Unavailable

_MIB = 1024 * 1024
_MOST_PARTS = 10_000


class StreamedUploads:
    """Writes objects whose bytes come one after the other and are never all in memory.

    What one part holds goes as a single PUT, anything larger in parts. Each stream holds `parts_in_flight` + 1 of
    them in memory, 15 MiB as a rule; a writer who is faster than the store waits.
    """

    def __init__(
        self,
        *,
        store: ObjectStore,
        uploads: MultipartUploads,
        log: Log,
        part_size: int = 5 * _MIB,
        parts_in_flight: int = 2,
    ) -> None:
        self._store = store
        self._uploads = uploads
        self._log = log
        self._part_size = part_size
        self._parts_in_flight = parts_in_flight

    @asynccontextmanager
    async def open(self, key: str, *, content_type: ContentType, expected_size: int = 0) -> AsyncIterator[UploadStream]:
        """A stream to `key`. Left without `finish` it leaves neither object nor upload of its own there.

        Above 48 GiB it needs to know how many bytes to expect: there are 10,000 parts at most.
        """
        stream = UploadStream(
            self._store,
            self._uploads,
            key,
            content_type=content_type,
            part_size=max(self._part_size, -(-expected_size // _MOST_PARTS)),
            parts_in_flight=self._parts_in_flight,
        )
        try:
            yield stream
        finally:
            if not stream.finished:
                await asyncio.shield(self._discard(stream, key))

    async def _discard(self, stream: UploadStream, key: str) -> None:
        try:
            await stream.discard()
        except Unavailable as error:
            # The bucket's own rule removes the upload later; what led here matters more.
            self._log.warning("storage.stream_not_discarded", key=key, detail=error.detail)
