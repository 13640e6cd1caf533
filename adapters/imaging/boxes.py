"""HEIC and AVIF lie in boxes, as MP4 does."""

from pathlib import Path

from domain.assets.failure import FailureCode, MediaRejected

_HEADER = 8
_LARGE_HEADER = 16


def require_whole_boxes(source: str) -> None:
    """Raises MediaRejected when the file ends within a box.

    libheif fills the missing tiles of a picture in silence: nine tenths of a phone's HEIC may be gone.
    """
    end = Path(source).stat().st_size
    with Path(source).open("rb") as file:
        position = 0
        while position < end:
            file.seek(position)
            size = _box_size(file.read(_LARGE_HEADER), left=end - position)
            if size > end - position:
                raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The picture is incomplete: its end is missing.")
            position += size


def _box_size(header: bytes, *, left: int) -> int:
    size = int.from_bytes(header[:4], "big")
    if size == 0:  # reaches to the end of the file
        return left
    if size == 1:
        size = int.from_bytes(header[_HEADER:], "big")
    return max(size, _HEADER)
