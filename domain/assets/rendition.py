"""What Vitrine makes from an original."""

from dataclasses import dataclass
from enum import StrEnum

from domain.checksum import Checksum


class RenditionName(StrEnum):
    """Images come in four widths; videos add an MP4 ladder and HLS (one master, and a playlist
    with its media file for each rung).
    """

    THUMBNAIL = "thumbnail"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    MP4_1080P = "mp4-1080p"
    MP4_720P = "mp4-720p"
    HLS = "hls"
    HLS_1080P = "hls-1080p"
    HLS_1080P_MEDIA = "hls-1080p-media"
    HLS_720P = "hls-720p"
    HLS_720P_MEDIA = "hls-720p-media"


IMAGE_WIDTHS: dict[RenditionName, int] = {
    RenditionName.THUMBNAIL: 200,
    RenditionName.SMALL: 400,
    RenditionName.MEDIUM: 800,
    RenditionName.LARGE: 1200,
}
"""Pixels. A narrower original keeps its own width: nothing is ever enlarged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A derived object that the store has confirmed. `size` in bytes; pixels where it has any.

    `checksum` is None only for objects of an external pipeline in a store that kept none.
    """

    name: RenditionName
    key: str
    content_type: str
    size: int
    checksum: Checksum | None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What the decoder found. `width` and `height` are those of the upright picture.

    `thumbhash` is base64, `dominant_color` is `#rrggbb`.
    """

    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    codec: str | None = None
    pages: int | None = None
    thumbhash: str | None = None
    dominant_color: str | None = None
