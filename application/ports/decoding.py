"""Turning untrusted bytes into derivatives.

Implementations decode in child processes with a memory limit and a deadline: a bomb or
a crash ends in `MediaRejected` with a code, and in nothing else.
"""

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from domain.assets.rendition import MediaFacts, RenditionName

Progress = Callable[[float], Awaitable[None]]
"""Told the fraction done, 0.0 to 1.0, a few times a second at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedFile:
    """A finished rendition on local disk. Pixels where it has any."""

    name: RenditionName
    path: Path
    content_type: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivatives:
    """All that was made from one original."""

    facts: MediaFacts
    files: tuple[DerivedFile, ...]


class TypeSniffer(Protocol):
    """Names a file's type from its bytes."""

    @abstractmethod
    def sniff(self, head: bytes) -> str | None:
        """The MIME type that the first bytes (4 KiB are enough) prove, or None. Never raises."""


class MediaProcessor(Protocol):
    """Decodes one kind of media in full and makes its renditions."""

    @abstractmethod
    async def derive(self, source: Path, *, content_type: str, into: Path, progress: Progress) -> Derivatives:
        """Write the renditions into the folder `into`, which exists and is empty.

        Raises MediaRejected (UNREADABLE_MEDIA, PIXEL_LIMIT_EXCEEDED, DURATION_LIMIT_EXCEEDED,
        DECODER_CRASHED, TRANSCODE_FAILED, TIMEOUT). May be repeated on an emptied folder.
        """


class ImageProbe(Protocol):
    """A first look at a picture that is still on its way, far cheaper than decoding it."""

    @abstractmethod
    async def look(self, start: bytes, *, content_type: str, is_whole: bool) -> MediaFacts | None:
        """Width, height and codec as the header says; a few MiB of its start are enough for most.

        Raises MediaRejected (UNREADABLE_MEDIA, PIXEL_LIMIT_EXCEEDED, DECODER_CRASHED, TIMEOUT). None when `start` is
        not the whole file and says too little: whoever decodes it will tell.
        """


class IsolatedRunner(Protocol):
    """Runs trusted code on untrusted bytes, in a child process that may die."""

    @abstractmethod
    async def run(self, function: str, arguments: dict[str, object], *, timeout: float) -> dict[str, object]:
        """Call `package.module:function` with keyword arguments in a child and return its answer.

        Arguments and answer are plain JSON values. `timeout` is in seconds. Raises MediaRejected:
        what the function itself raised as such, DECODER_CRASHED when the child died or ran out
        of memory, TIMEOUT when it took too long (the child is killed and replaced).
        """
