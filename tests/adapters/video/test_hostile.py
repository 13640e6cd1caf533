"""Videos that are broken, too much, or something else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.video.processor import VideoProcessor
from domain.assets.failure import FailureCode, MediaRejected
from tests import media
from tests.adapters.video.conftest import Build
from tests.adapters.video.watching import derive

FASTSTART = ("-movflags", "+faststart")


async def _rejection(
    processor: VideoProcessor, data: bytes, folder: Path, content_type: str = "video/mp4"
) -> FailureCode:
    with pytest.raises(MediaRejected) as caught:
        await derive(processor, data, folder, content_type)
    return caught.value.failure.code


@pytest.mark.parametrize(
    "build",
    [
        bytes,
        media.text,
        media.jpeg,
        media.heic,
        lambda: media.truncated(media.video()),
        lambda: media.truncated(media.video(options=FASTSTART)),
        lambda: media.truncated(media.video(options=FASTSTART), keep=0.999),
        lambda: media.video(container="mov", options=("-vn",)),
    ],
    ids=["empty", "text", "JPEG", "HEIC", "no index", "half", "nearly whole", "sound alone"],
)
async def test_what_is_no_whole_video_is_unreadable(
    processor: VideoProcessor, tmp_path: Path, build: Callable[[], bytes]
) -> None:
    assert await _rejection(processor, build(), tmp_path) is FailureCode.UNREADABLE_MEDIA


@pytest.mark.parametrize(
    "build",
    [
        bytes,
        media.text,
        media.jpeg,
        media.video,
        lambda: media.webm()[:4],
        lambda: media.webm()[:60],
        lambda: media.truncated(media.webm()),
        lambda: media.truncated(media.webm(), keep=0.999),
        lambda: media.video(container="webm", codec="libvpx-vp9", options=("-vn", "-c:a", "libopus")),
        lambda: media.webm()[:4] + b"\0" * 100,
    ],
    ids=["empty", "text", "JPEG", "MP4", "a mark", "a head", "half", "nearly whole", "sound alone", "no sizes"],
)
async def test_what_is_no_whole_webm_is_unreadable(
    processor: VideoProcessor, tmp_path: Path, build: Callable[[], bytes]
) -> None:
    assert await _rejection(processor, build(), tmp_path, "video/webm") is FailureCode.UNREADABLE_MEDIA


async def test_a_video_that_lasts_too_long(build_processor: Build, tmp_path: Path) -> None:
    code = await _rejection(build_processor(duration_limit=1.5), media.video(), tmp_path)
    assert code is FailureCode.DURATION_LIMIT_EXCEEDED


async def test_a_video_that_is_too_large(build_processor: Build, tmp_path: Path) -> None:
    code = await _rejection(build_processor(pixel_limit=320 * 180 - 1), media.video(), tmp_path)
    assert code is FailureCode.PIXEL_LIMIT_EXCEEDED


@pytest.mark.parametrize("content_type", ["video/mp4", "video/webm"])
@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {secret}\n",
    ],
)
async def test_a_playlist_in_disguise_reads_no_other_file(
    processor: VideoProcessor, tmp_path: Path, playlist: str, content_type: str
) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(media.video())
    data = playlist.format(secret=secret).encode()
    assert await _rejection(processor, data, tmp_path, content_type) is FailureCode.UNREADABLE_MEDIA


async def test_a_reference_to_another_file_is_not_followed(processor: VideoProcessor, tmp_path: Path) -> None:
    (tmp_path / "neighbour.mp4").write_bytes(media.video())
    data = media.referring_mov("neighbour.mp4")
    assert await _rejection(processor, data, tmp_path) is FailureCode.UNREADABLE_MEDIA


async def test_types_that_are_not_decoded(processor: VideoProcessor, tmp_path: Path) -> None:
    with pytest.raises(MediaRejected):
        await derive(processor, media.video(), tmp_path, "video/x-matroska")
