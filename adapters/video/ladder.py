"""Which MP4s to make from a video, and how large."""

from dataclasses import dataclass

from adapters.video.facts import VideoFacts
from domain.assets.rendition import RenditionName

MAX_FRAME_RATE = 60

_LONGEST_GOP = 4.0
"""Seconds. A segment of HLS begins with a keyframe, so this is what a player waits for after a jump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Bounds in pixels, whichever way the picture stands; `max_rate` in bits per second."""

    label: str
    short_side: int
    long_side: int
    max_rate: int

    @property
    def mp4(self) -> RenditionName:
        return RenditionName(f"mp4-{self.label}")

    @property
    def playlist(self) -> RenditionName:
        return RenditionName(f"hls-{self.label}")

    @property
    def media(self) -> RenditionName:
        return RenditionName(f"hls-{self.label}-media")


FULL_HD = Rung(label="1080p", short_side=1080, long_side=1920, max_rate=6_000_000)
HD = Rung(label="720p", short_side=720, long_side=1280, max_rate=3_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One MP4 to make. `copied`: the source's pictures are taken as they are."""

    rung: Rung
    width: int
    height: int
    copied: bool = False


def ladder(video: VideoFacts) -> tuple[Step, ...]:
    """The largest first. A video that fits the lower rung gets that one alone: nothing is enlarged.

    Only the upper one is ever copied. To make the lower one every frame is decoded, and that is the
    proof that the video is whole.
    """
    if _fit(video, HD) == _fit(video, FULL_HD):
        return (_step(video, HD),)
    width, height = _fit(video, FULL_HD)
    copied = (width, height) == (video.width, video.height) and _plays_everywhere(video, FULL_HD)
    return (Step(rung=FULL_HD, width=width, height=height, copied=copied), _step(video, HD))


def _step(video: VideoFacts, rung: Rung) -> Step:
    width, height = _fit(video, rung)
    return Step(rung=rung, width=width, height=height)


def _fit(video: VideoFacts, rung: Rung) -> tuple[int, int]:
    short, long = sorted((video.width, video.height))
    scale = min(1.0, rung.short_side / short, rung.long_side / long)
    return _even(video.width * scale), _even(video.height * scale)


def _even(pixels: float) -> int:
    """H.264 in 4:2:0 has even sizes; the tolerance is for what binary fractions lose."""
    return max(2, 2 * int(pixels / 2 + 0.001))


def _plays_everywhere(video: VideoFacts, rung: Rung) -> bool:
    return (
        video.plain
        and video.codec == "h264"
        and video.pixel_format == "yuv420p"
        and video.frame_rate <= MAX_FRAME_RATE
        and 0 < video.bit_rate <= rung.max_rate
        and video.keyframe_gap is not None
        and video.keyframe_gap <= _LONGEST_GOP
    )
