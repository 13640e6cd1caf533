"""Which MP4s a video gets, by its facts alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from adapters.video.facts import VideoFacts
from adapters.video.ladder import FULL_HD, HD, ladder

PHONE = VideoFacts(
    video_index=0,
    audio_index=1,
    width=1920,
    height=1080,
    coded_pixels=1920 * 1080,
    duration=10.0,
    codec="h264",
    pixel_format="yuv420p",
    frame_rate=30.0,
    bit_rate=5_000_000,
    keyframe_gap=1.0,
    plain=True,
    hdr_transfer=None,
)


def _sizes(width: int, height: int) -> list[tuple[str, int, int]]:
    video = replace(PHONE, width=width, height=height)
    return [(step.rung.label, step.width, step.height) for step in ladder(video)]


@pytest.mark.parametrize(
    ("size", "steps"),
    [
        ((3840, 2160), [("1080p", 1920, 1080), ("720p", 1280, 720)]),
        ((1080, 1920), [("1080p", 1080, 1920), ("720p", 720, 1280)]),
        ((1600, 900), [("1080p", 1600, 900), ("720p", 1280, 720)]),
        ((2560, 1080), [("1080p", 1920, 810), ("720p", 1280, 540)]),
        ((1440, 1440), [("1080p", 1080, 1080), ("720p", 720, 720)]),
        ((1280, 720), [("720p", 1280, 720)]),
        ((640, 480), [("720p", 640, 480)]),
        ((321, 181), [("720p", 320, 180)]),
        ((1281, 720), [("1080p", 1280, 720), ("720p", 1280, 718)]),
    ],
)
def test_sizes(size: tuple[int, int], steps: list[tuple[str, int, int]]) -> None:
    assert _sizes(*size) == steps


@given(width=st.integers(2, 10_000), height=st.integers(2, 10_000))
def test_every_step_is_even_bounded_and_never_larger(width: int, height: int) -> None:
    steps = ladder(replace(PHONE, width=width, height=height))
    assert steps[-1].rung is HD
    for step in steps:
        assert step.width % 2 == step.height % 2 == 0
        assert step.width <= width
        assert step.height <= height
        assert min(step.width, step.height) <= step.rung.short_side
        assert max(step.width, step.height) <= step.rung.long_side


def test_what_plays_everywhere_is_copied_to_the_upper_step_alone() -> None:
    assert [step.copied for step in ladder(PHONE)] == [True, False]
    assert [step.copied for step in ladder(replace(PHONE, width=1280, height=720))] == [False]


@pytest.mark.parametrize(
    "changed",
    [
        {"codec": "hevc"},
        {"pixel_format": "yuv420p10le"},
        {"pixel_format": "yuvj420p"},
        {"plain": False},
        {"frame_rate": 120.0},
        {"bit_rate": FULL_HD.max_rate + 1},
        {"bit_rate": 0},
        {"keyframe_gap": 10.0},
        {"keyframe_gap": None},
        {"width": 3840, "height": 2160},
    ],
)
def test_what_does_not_is_encoded(changed: dict[str, object]) -> None:
    assert not any(step.copied for step in ladder(replace(PHONE, **changed)))
