"""The few ports that have no adapter of use in a pure test: what they were told can be read afterwards."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from application.ports.decoding import Derivatives, DerivedFile, ImageProbe, MediaProcessor, Progress
from application.ports.log import Log
from application.ports.messaging import Message, MessagePublisher
from application.ports.randomness import Randomness
from application.ports.telemetry import Telemetry
from domain.assets.rendition import IMAGE_WIDTHS, MediaFacts, RenditionName
from domain.errors import Unavailable

_PLAYLIST = "application/vnd.apple.mpegurl"
_HLS = {
    RenditionName.HLS: "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhls-720p\n",
    RenditionName.HLS_720P: '#EXTM3U\n#EXT-X-MAP:URI="hls-720p-media"\n\n#EXTINF:2.0,\nhls-720p-media\n',
}


async def _nothing(body: bytes) -> None:
    pass


class StubProcessor(MediaProcessor):
    """Makes the renditions of any file; `before` is awaited with the original's bytes and may raise instead."""

    def __init__(self) -> None:
        self.before: Callable[[bytes], Awaitable[None]] = _nothing

    async def derive(self, source: Path, *, content_type: str, into: Path, progress: Progress) -> Derivatives:
        body = source.read_bytes()  # noqa: ASYNC240 (a test's few bytes)
        await self.before(body)
        await progress(0.5)
        names: list[tuple[RenditionName, str, bytes]] = [(name, "image/jpeg", body) for name in IMAGE_WIDTHS]
        if content_type.startswith("video/"):
            names += [(name, _PLAYLIST, text.encode()) for name, text in _HLS.items()]
            names += [(name, "video/mp4", body) for name in (RenditionName.MP4_720P, RenditionName.HLS_720P_MEDIA)]
        files = [_write(into, name, rendition_type, content) for name, rendition_type, content in names]
        return Derivatives(facts=MediaFacts(width=40, height=30), files=tuple(files))


def _write(into: Path, name: RenditionName, content_type: str, content: bytes) -> DerivedFile:
    path = into / name
    path.write_bytes(content)
    return DerivedFile(name=name, path=path, content_type=content_type)


class StubImageProbe(ImageProbe):
    """Finds every picture 40 by 30 pixels large, or does what `before` says: it is awaited with the start of it."""

    def __init__(self) -> None:
        self.before: Callable[[bytes], Awaitable[None]] = _nothing

    async def look(self, start: bytes, *, content_type: str, is_whole: bool) -> MediaFacts | None:
        await self.before(start)
        return MediaFacts(width=40, height=30, codec=content_type.partition("/")[2])


class RecordingTelemetry(Telemetry):
    """`told` holds the name of each number with what was said about it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []

    def batch_created(self, status: str) -> None:
        self.told.append(("batch_created", status))

    def batch_failed(self, code: str) -> None:
        self.told.append(("batch_failed", code))

    def batch_ready(self, took: timedelta) -> None:
        self.told.append(("batch_ready", took))

    def reprocess_requested(self) -> None:
        self.told.append(("reprocess_requested", None))

    def callback_refused(self) -> None:
        self.told.append(("callback_refused", None))

    def dead_lettered(self, topic: str) -> None:
        self.told.append(("dead_lettered", topic))

    def published(self, topic: str, number: int) -> None:
        self.told.append(("published", (topic, number)))

    def consumed(self, topic: str, outcome: str) -> None:
        self.told.append(("consumed", (topic, outcome)))

    def object_lost(self, kind: str) -> None:
        self.told.append(("object_lost", kind))

    def deletion_ended(self, outcome: str) -> None:
        self.told.append(("deletion_ended", outcome))

    def usage_detached(self, entity_type: str) -> None:
        self.told.append(("usage_detached", entity_type))

    def blob_collected(self, size: int) -> None:
        self.told.append(("blob_collected", size))

    def attachment_created(self, type_: str) -> None:
        self.told.append(("attachment_created", type_))

    def attachment_deleted(self, type_: str, *, was_cover: bool) -> None:
        self.told.append(("attachment_deleted", (type_, was_cover)))

    def attachment_uploaded(self, type_: str, took: timedelta) -> None:
        self.told.append(("attachment_uploaded", type_))

    def cover_changed(self, action: str) -> None:
        self.told.append(("cover_changed", action))

    def step_took(self, step: str, took: timedelta) -> None:
        self.told.append(("step_took", step))

    def of(self, name: str) -> list[object]:
        return [value for told, value in self.told if told == name]


class RecordingLog(Log):
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.lines]

    def info(self, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    def warning(self, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    def error(self, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    def exception(self, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    @contextmanager
    def bound(self, **facts: object) -> Iterator[None]:
        yield


class FullJitter(Randomness):
    """Delays are as long as they get, so that tests can name them."""

    def jitter(self) -> float:
        return 1.0


class RecordingPublisher(MessagePublisher):
    """Keeps what it was given, but for topics that are `refused`; raises Unavailable while `is_down`."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.is_down = False
        self.refused: set[str] = set()

    async def publish(self, messages: Sequence[Message]) -> Collection[UUID]:
        if self.is_down:
            raise Unavailable("the bus does not answer")
        taken = [message for message in messages if message.topic not in self.refused]
        self.messages += taken
        return [message.id for message in taken]

    def of(self, type_: str) -> list[Message]:
        return [message for message in self.messages if message.type == type_]
