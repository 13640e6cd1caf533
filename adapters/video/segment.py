"""What a WebM says of its own length: its index stands last, and without it FFmpeg takes the rest for the whole."""

from pathlib import Path

from domain.assets.failure import FailureCode, MediaRejected

_HEAD = 4096
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_ID_LENGTH = 4


def require_whole_segment(source: Path) -> None:
    """Raises MediaRejected when the file ends before its segment does. One that was streamed while it was made says
    nothing of that, and what is no WebM is left to the demuxer.
    """
    with source.open("rb") as file:
        head = file.read(_HEAD)
    header_end = _end(head, 0, _EBML)
    segment_end = _end(head, header_end, _SEGMENT) if header_end else None
    if segment_end and segment_end > source.stat().st_size:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The video is incomplete: its end is missing.")


def _end(head: bytes, at: int, element: bytes) -> int | None:
    """Where the element at this place ends; None when it is another one, or does not say."""
    sized = at + _ID_LENGTH
    if head[at:sized] != element or sized >= len(head) or head[sized] == 0:
        return None
    length = 9 - head[sized].bit_length()  # the number of leading zeros tells how many bytes there are
    unknown = (1 << 7 * length) - 1
    size = int.from_bytes(head[sized : sized + length], "big") & unknown
    return None if size == unknown else sized + length + size
