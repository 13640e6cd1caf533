"""What a probe found."""

import msgspec


class VideoFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`width` and `height` are those of the upright picture with square pixels, `duration` is in seconds.

    `keyframe_gap` is the longest time between two keyframes, None when unknown. `plain` is true of a
    picture that is shown as it is coded: not turned, not stretched, not interlaced.
    """

    video_index: int
    audio_index: int | None
    width: int
    height: int
    coded_pixels: int
    duration: float
    codec: str
    pixel_format: str
    frame_rate: float
    bit_rate: int
    keyframe_gap: float | None
    plain: bool
    hdr_transfer: str | None
