from application.ports.decoding import ImageProbe, TypeSniffer
from domain.assets.failure import FailureCode, MediaRejected
from domain.assets.rendition import MediaFacts
from domain.errors import Overloaded
from domain.media.content_class import UNPROVED, ContentClass, class_of
from domain.media.errors import MediaUnreadable

SNIFFED = 4 * 1024
"""Bytes from the start of a file that prove its type."""
PROBED = 5 * 1024 * 1024
"""Bytes from the start of a picture that tell whether it can be opened. Most have no more: they are looked at whole."""


class NotLookedAt(Overloaded):
    """No decoder had come to an end with the picture in time."""


class FileInspector:
    """What the first bytes of a file say of it, whatever its sender says."""

    def __init__(self, *, sniffer: TypeSniffer, probe: ImageProbe) -> None:
        self._sniffer = sniffer
        self._probe = probe

    def type_of(self, start: bytes) -> str:
        """The MIME type that SNIFFED bytes prove, or UNPROVED."""
        return self._sniffer.sniff(start) or UNPROVED

    def wanted(self, mime_type: str) -> int:
        """How many bytes from the start of such a file `facts_of` wants to see."""
        return PROBED if class_of(mime_type) is ContentClass.IMAGE else SNIFFED

    async def facts_of(self, mime_type: str, start: bytes, *, is_whole: bool) -> MediaFacts | None:
        """None for what is no picture, and for a picture whose start says too little: the worker looks further.

        Raises MediaUnreadable, NotLookedAt, Unavailable.
        """
        if class_of(mime_type) is not ContentClass.IMAGE:
            return None
        try:
            return await self._probe.look(start, content_type=mime_type, is_whole=is_whole)
        except MediaRejected as rejection:
            if rejection.failure.code is FailureCode.TIMEOUT:
                raise NotLookedAt("the picture could not be looked at in time; try again in a moment") from rejection
            raise MediaUnreadable(rejection.failure) from rejection
