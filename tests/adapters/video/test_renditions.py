"""What is made of videos, and that it plays."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import av
import pytest
from PIL import Image

from adapters.video.processor import VideoProcessor
from application.ports.decoding import DerivedFile
from domain.assets.rendition import RenditionName
from tests import media
from tests.adapters.video.watching import Derived, derive, play

POSTERS = {"thumbnail", "small", "medium", "large"}
ONE_RUNG = POSTERS | {"mp4-720p", "hls", "hls-720p", "hls-720p-media"}
TWO_RUNGS = ONE_RUNG | {"mp4-1080p", "hls-1080p", "hls-1080p-media"}


@pytest.fixture(scope="module")
async def small(processor: VideoProcessor, tmp_path_factory: pytest.TempPathFactory) -> Derived:
    return await derive(processor, media.video(), tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
async def large(processor: VideoProcessor, tmp_path_factory: pytest.TempPathFactory) -> Derived:
    return await derive(processor, large_video(), tmp_path_factory.mktemp("large"))


def large_video() -> bytes:
    return media.video(1440, 810, seconds=1.0, bit_rate="2M")


async def test_a_small_video_gets_one_rung_of_its_own_size(small: Derived) -> None:
    assert small.names == ONE_RUNG
    facts = small.derivatives.facts
    assert (facts.width, facts.height, facts.codec) == (320, 180, "h264")
    assert facts.duration_seconds == pytest.approx(2.0, abs=0.1)
    assert facts.thumbhash
    mp4 = play(small.file(RenditionName.MP4_720P).path)
    assert (mp4.width, mp4.height, mp4.pixel_format, mp4.codecs) == (320, 180, "yuv420p", ("h264", "aac"))
    assert mp4.frames == 60
    with Image.open(small.file(RenditionName.SMALL).path) as poster:
        assert poster.size == (320, 180)


async def test_progress_only_grows_and_ends_at_one(small: Derived) -> None:
    assert small.progress == sorted(small.progress)
    assert small.progress[-1] == 1.0
    assert len(small.progress) >= 3


async def test_a_large_video_gets_two_rungs_and_the_upper_one_by_copy(large: Derived, tmp_path: Path) -> None:
    data = large_video()
    assert large.names == TWO_RUNGS
    upper, lower = large.file(RenditionName.MP4_1080P), large.file(RenditionName.MP4_720P)
    assert (upper.width, upper.height) == (1440, 810)
    assert (lower.width, lower.height) == (1280, 720)
    assert (play(lower.path).width, play(lower.path).height) == (1280, 720)
    original = tmp_path / "same"
    original.write_bytes(data)
    assert _first_frame(upper.path) == _first_frame(original)
    assert b"x264 - core" in data
    assert b"x264 - core" not in upper.path.read_bytes()


async def test_a_turned_video_comes_out_upright(processor: VideoProcessor, tmp_path: Path) -> None:
    data = media.video(rotation=90, container="mov")
    derived = await derive(processor, data, tmp_path, "video/quicktime")
    assert (derived.derivatives.facts.width, derived.derivatives.facts.height) == (180, 320)
    mp4 = play(derived.file(RenditionName.MP4_720P).path)
    assert (mp4.width, mp4.height, mp4.turned) == (180, 320, 0)
    with Image.open(derived.file(RenditionName.THUMBNAIL).path) as poster:
        assert poster.size == (180, 320)


async def test_a_silent_video(processor: VideoProcessor, tmp_path: Path) -> None:
    derived = await derive(processor, media.video(audio=False), tmp_path)
    assert derived.names == ONE_RUNG
    assert play(derived.file(RenditionName.MP4_720P).path).codecs == ("h264",)
    assert play(_folder_by_name(derived.derivatives.files, tmp_path / "served") / "hls", playlist=True).frames == 60


async def test_sound_may_last_longer_than_the_pictures(processor: VideoProcessor, tmp_path: Path) -> None:
    data = media.video(seconds=0.2, options=("-af", "apad=whole_dur=3"))
    derived = await derive(processor, data, tmp_path)
    assert derived.names == ONE_RUNG


HLG = ("-color_trc", "arib-std-b67", "-color_primaries", "bt2020", "-colorspace", "bt2020nc")
PQ = ("-color_trc", "smpte2084")
FRAGMENTED = ("-movflags", "frag_keyframe+empty_moov")


@pytest.mark.parametrize(
    ("build", "size"),
    [
        (lambda: media.video(321, 181, pixel_format="yuv444p"), (320, 180)),
        (lambda: media.video(pixel_format="yuv420p10le", options=HLG), (320, 180)),
        (lambda: media.video(pixel_format="yuv420p10le", options=PQ), (320, 180)),
        (lambda: media.video(codec="libx265", options=("-tag:v", "hvc1")), (320, 180)),
        (lambda: media.video(options=("-vf", "setsar=2/1")), (640, 180)),
        (lambda: media.video(options=FRAGMENTED), (320, 180)),
    ],
    ids=["odd 4:4:4", "HLG", "PQ", "HEVC", "stretched", "fragmented"],
)
async def test_whatever_comes_in_eight_bits_of_h264_come_out(
    processor: VideoProcessor, tmp_path: Path, build: Callable[[], bytes], size: tuple[int, int]
) -> None:
    derived = await derive(processor, build(), tmp_path)
    mp4 = play(derived.file(RenditionName.MP4_720P).path)
    assert (mp4.width, mp4.height, mp4.pixel_format) == (*size, "yuv420p")
    assert derived.derivatives.facts.duration_seconds == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_webm_comes_out_as_any_other_video(
    processor: VideoProcessor, tmp_path: Path, *, streamed: bool
) -> None:
    derived = await derive(processor, media.webm(streamed=streamed), tmp_path, "video/webm")
    assert derived.names == ONE_RUNG
    facts = derived.derivatives.facts
    assert (facts.width, facts.height, facts.codec) == (320, 180, "vp9")
    assert facts.duration_seconds == pytest.approx(2.0, abs=0.1)
    mp4 = play(derived.file(RenditionName.MP4_720P).path)
    assert (mp4.width, mp4.height, mp4.pixel_format, mp4.codecs) == (320, 180, "yuv420p", ("h264", "aac"))
    assert mp4.frames == 60


async def test_the_index_comes_first(small: Derived) -> None:
    content = small.file(RenditionName.MP4_720P).path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize(
    ("build", "content_type", "largest"),
    [
        (
            lambda: media.video(1440, 810, seconds=1.0, bit_rate="2M", container="mov"),
            "video/quicktime",
            RenditionName.MP4_1080P,
        ),
        (media.webm, "video/webm", RenditionName.MP4_720P),
    ],
)
async def test_no_position_in_any_derivative(
    processor: VideoProcessor,
    tmp_path: Path,
    build: Callable[[], bytes],
    content_type: str,
    largest: RenditionName,
) -> None:
    data = build()
    assert b"+52.52" in data
    derived = await derive(processor, data, tmp_path, content_type)
    for file in derived.derivatives.files:
        content = file.path.read_bytes()
        assert b"+52.52" not in content, file.name
        assert b"loci" not in content, file.name
    assert "location" not in play(derived.file(largest).path).metadata


async def test_hls_plays_from_files_named_like_the_renditions(large: Derived, tmp_path: Path) -> None:
    served = _folder_by_name(large.derivatives.files, tmp_path / "served")
    assert play(served / "hls", playlist=True).frames == 30
    for rung in ("1080p", "720p"):
        played = play(served / f"hls-{rung}", playlist=True)
        assert (played.frames, played.codecs) == (30, ("h264", "aac"))
        assert play(served / f"hls-{rung}-media").frames == 30


async def test_playlists_refer_to_renditions_and_nothing_else(large: Derived) -> None:
    master = large.file(RenditionName.HLS).path.read_text()
    assert [line for line in master.splitlines() if line and not line.startswith("#")] == ["hls-1080p", "hls-720p"]
    assert 'CODECS="avc1.' in master
    assert "RESOLUTION=1280x720" in master
    rung = large.file(RenditionName.HLS_720P).path.read_text()
    assert {line for line in rung.splitlines() if not line.startswith("#")} == {"hls-720p-media"}
    assert '#EXT-X-MAP:URI="hls-720p-media",BYTERANGE=' in rung
    assert "#EXT-X-ENDLIST" in rung
    assert str(large.file(RenditionName.HLS).path.parent.parent) not in master + rung


async def test_content_types(small: Derived) -> None:
    types = {file.name.value: file.content_type for file in small.derivatives.files}
    assert types["hls"] == types["hls-720p"] == "application/vnd.apple.mpegurl"
    assert types["hls-720p-media"] == types["mp4-720p"] == "video/mp4"


def _folder_by_name(files: Iterable[DerivedFile], folder: Path) -> Path:
    folder.mkdir()
    for file in files:
        shutil.copy(file.path, folder / file.name)
    return folder


def _first_frame(path: Path) -> bytes:
    with av.open(str(path), format="mov") as container:
        return bytes(next(container.decode(video=0)).planes[0])
