"""How each type is taken apart. The demuxer is named, and takes nothing else for a video: a playlist that calls itself
MP4 would have other files read.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Demuxer:
    """`options` are FFmpeg's: one file is read, and no other."""

    name: str
    options: Mapping[str, str]


MOV = Demuxer(name="mov", options={"protocol_whitelist": "file", "enable_drefs": "0", "use_absolute_path": "0"})
MATROSKA = Demuxer(name="matroska", options={"protocol_whitelist": "file"})
DEMUXERS: Mapping[str, Demuxer] = {"video/mp4": MOV, "video/quicktime": MOV, "video/webm": MATROSKA}
"""By content type."""
