"""What a local file is, from its first bytes and its header. These are the user's own files, read where they lie."""

from dataclasses import dataclass
from pathlib import Path

import av
import pillow_heif
from PIL import Image, UnidentifiedImageError

from adapters.sniffing.magic import MagicTypeSniffer
from adapters.video.probe import probe_video
from domain.assets.failure import MediaRejected
from domain.batches.media_type import IMAGE_CONTENT_TYPES, MediaType

_HEAD = 4096
_VIDEOS = {"video/mp4", "video/quicktime"}
_HEIF = {"image/heic", "image/heif"}
_ORIENTATION = 0x0112
_SIDEWAYS = range(5, 9)
"""EXIF orientations that swap width and height."""

# Only headers are read here: how many pixels a picture may have is the server's to say.
Image.MAX_IMAGE_PIXELS = None


class NotTaken(Exception):
    """The file is left out; the message is the reason, as it follows the file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognized:
    media_type: MediaType
    content_type: str


def recognize(path: Path, *, project: bool) -> Recognized:
    """The bytes decide, not the name: phones call JPEGs .HEIC. Raises NotTaken, OSError."""
    content_type = _sniffed(path)
    if content_type == "application/pdf":
        if not project:
            raise NotTaken("is a document: those go with --project")
        return Recognized(media_type=MediaType.PROJECT_DOC, content_type=content_type)
    if content_type in IMAGE_CONTENT_TYPES:
        vertical = _is_vertical(*_picture_size(path, content_type))
        photo = MediaType.PHOTO_VERTICAL if vertical else MediaType.PHOTO_HORIZONTAL
        return Recognized(media_type=MediaType.PROJECT_RENDER if project else photo, content_type=content_type)
    if content_type in _VIDEOS:
        if project:
            raise NotTaken("is a video: a project takes documents and renders")
        vertical = _is_vertical(*_video_size(path, content_type))
        video = MediaType.VIDEO_VERTICAL if vertical else MediaType.VIDEO_HORIZONTAL
        return Recognized(media_type=video, content_type=content_type)
    raise NotTaken(f"is {content_type}, which is not accepted" if content_type else "is no photo and no video")


def _sniffed(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise NotTaken("is empty")
    return MagicTypeSniffer().sniff(head)


def _is_vertical(width: int, height: int) -> bool:
    return height > width


def _picture_size(path: Path, content_type: str) -> tuple[int, int]:
    """Of the upright picture."""
    try:
        if content_type in _HEIF:
            # libheif turns the picture as the container says.
            width, height = pillow_heif.open_heif(path, convert_hdr_to_8bit=True).size
            return int(width), int(height)
        with Image.open(path) as image:
            sideways = image.getexif().get(_ORIENTATION) in _SIDEWAYS
            return (image.height, image.width) if sideways else (image.width, image.height)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, RuntimeError) as error:
        raise NotTaken("cannot be read as a picture") from error


def _video_size(path: Path, content_type: str) -> tuple[int, int]:
    """Of the upright picture."""
    try:
        facts = probe_video(source=str(path), content_type=content_type)
    except (MediaRejected, av.FFmpegError, OSError, ValueError) as error:
        raise NotTaken("cannot be read as a video") from error
    return int(str(facts["width"])), int(str(facts["height"]))
