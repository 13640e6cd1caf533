"""Four sizes of every picture, upright, in sRGB, and with nothing of the photographer's in them."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import pyvips
from PIL import Image, ImageCms

from adapters.imaging.processor import ImageProcessor
from domain.assets.rendition import RenditionName
from tests import media
from tests.adapters.imaging.deriving import close, corners, derive, is_upright


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_every_orientation_comes_out_upright(processor: ImageProcessor, tmp_path: Path, orientation: int) -> None:
    data = media.jpeg(1600, 900, orientation=orientation)
    derived = await derive(processor, data, "image/jpeg", tmp_path)
    assert (derived.facts.width, derived.facts.height) == (1600, 900)
    for file in derived.files:
        assert is_upright(file.path), file.name
        with Image.open(file.path) as image:
            assert image.size == (file.width, file.height)


async def test_four_widths_of_progressive_jpeg(processor: ImageProcessor, tmp_path: Path) -> None:
    derived = await derive(processor, media.photo(), "image/jpeg", tmp_path)
    assert {file.name: (file.width, file.height) for file in derived.files} == {
        RenditionName.THUMBNAIL: (200, 150),
        RenditionName.SMALL: (400, 300),
        RenditionName.MEDIUM: (800, 600),
        RenditionName.LARGE: (1200, 900),
    }
    for file in derived.files:
        with Image.open(file.path) as image:
            assert (image.format, image.mode, image.info.get("progressive")) == ("JPEG", "RGB", 1)
        assert file.content_type == "image/jpeg"


@pytest.mark.parametrize(("width", "height"), [(4000, 3000), (2500, 1000), (1201, 900), (9700, 500)])
async def test_shrinking_in_the_codec_keeps_the_size_exact(
    processor: ImageProcessor, tmp_path: Path, width: int, height: int
) -> None:
    derived = await derive(processor, media.jpeg(width, height), "image/jpeg", tmp_path)
    assert (derived.facts.width, derived.facts.height) == (width, height)
    largest = derived.files[-1]
    assert largest.width == 1200
    assert largest.height == pytest.approx(1200 * height / width, abs=1)
    assert is_upright(largest.path)


async def test_a_narrow_picture_is_not_enlarged(processor: ImageProcessor, tmp_path: Path) -> None:
    derived = await derive(processor, media.jpeg(500, 700), "image/jpeg", tmp_path)
    assert [(file.width, file.height) for file in derived.files] == [(200, 280), (400, 560), (500, 700), (500, 700)]


async def test_a_tower_stays_within_what_jpeg_can_hold(processor: ImageProcessor, tmp_path: Path) -> None:
    derived = await derive(processor, media.png(20, 70_000), "image/png", tmp_path)
    assert all(file.height is not None and file.height <= 16_384 for file in derived.files)


@pytest.mark.parametrize(
    ("build", "content_type"),
    [
        (media.png, "image/png"),
        (media.palette_png, "image/png"),
        (media.webp, "image/webp"),
        (media.avif, "image/avif"),
        (media.heic, "image/heic"),
        (media.heic, "image/heif"),
        (lambda: media.tiled_heic(320, 240), "image/heic"),
        (media.gif, "image/gif"),
        (media.srgb_tagged_jpeg, "image/jpeg"),
        (lambda: media.jpeg(progressive=True), "image/jpeg"),
    ],
)
async def test_every_format_keeps_its_colors(
    processor: ImageProcessor, tmp_path: Path, build: Callable[[], bytes], content_type: str
) -> None:
    derived = await derive(processor, build(), content_type, tmp_path)
    assert (derived.facts.width, derived.facts.height) == (320, 240)
    assert all(is_upright(file.path) for file in derived.files)


async def test_a_wide_gamut_is_brought_into_srgb(processor: ImageProcessor, tmp_path: Path) -> None:
    color, display_p3 = (180, 90, 90), bytes(pyvips.Image.profile_load("p3"))
    there, here = ImageCms.ImageCmsProfile(io.BytesIO(display_p3)), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(Image.new("RGB", (1, 1), color), there, here)
    assert converted is not None
    expected = converted.getpixel((0, 0))
    assert isinstance(expected, tuple)
    assert not close(expected, color, tolerance=6)
    derived = await derive(processor, media.plain_jpeg(color, icc_profile=display_p3), "image/jpeg", tmp_path)
    assert close(corners(derived.files[0].path)["top left"], expected, tolerance=3)


async def test_a_profile_of_rubbish_is_ignored(processor: ImageProcessor, tmp_path: Path) -> None:
    color = (180, 90, 90)
    derived = await derive(processor, media.plain_jpeg(color, icc_profile=b"rubbish" * 40), "image/jpeg", tmp_path)
    assert close(corners(derived.files[0].path)["top left"], color, tolerance=3)


async def test_cmyk_becomes_rgb(processor: ImageProcessor, tmp_path: Path) -> None:
    derived = await derive(processor, media.cmyk_jpeg(), "image/jpeg", tmp_path)
    found = corners(derived.files[-1].path)
    red, green, blue = found["top left"]
    assert red > green + 60
    assert red > blue + 60


@pytest.mark.parametrize(("build", "content_type"), [(media.gray_jpeg, "image/jpeg"), (media.deep_png, "image/png")])
async def test_grey_becomes_rgb(
    processor: ImageProcessor, tmp_path: Path, build: Callable[[], bytes], content_type: str
) -> None:
    derived = await derive(processor, build(), content_type, tmp_path)
    for red, green, blue in corners(derived.files[-1].path).values():
        assert max(red, green, blue) - min(red, green, blue) <= 4
    if content_type == "image/png":
        assert close(corners(derived.files[-1].path)["top left"], (128, 128, 128), tolerance=2)


async def test_what_is_transparent_becomes_white(processor: ImageProcessor, tmp_path: Path) -> None:
    derived = await derive(processor, media.transparent_png(), "image/png", tmp_path)
    found = corners(derived.files[0].path)
    assert close(found["top right"], (255, 255, 255))
    assert close(found["top left"], media.CORNERS["top left"])


@pytest.mark.parametrize(
    ("build", "content_type"),
    [(lambda: media.jpeg(gps=True), "image/jpeg"), (lambda: media.heic(gps=True), "image/heic")],
)
async def test_no_position_in_any_derivative(
    processor: ImageProcessor, tmp_path: Path, build: Callable[[], bytes], content_type: str
) -> None:
    assert media.GPS_MARK in build()
    derived = await derive(processor, build(), content_type, tmp_path)
    for file in derived.files:
        content = file.path.read_bytes()
        assert media.GPS_MARK not in content
        assert b"Exif" not in content
        with Image.open(file.path) as image:
            assert not image.getexif()
            assert "icc_profile" not in image.info


async def test_a_preview_in_words(processor: ImageProcessor, tmp_path: Path) -> None:
    derived = await derive(processor, media.deep_png(), "image/png", tmp_path)
    assert derived.facts.dominant_color == "#808080"
    assert derived.facts.thumbhash is not None
    assert 5 <= len(base64.b64decode(derived.facts.thumbhash)) <= 25


async def test_one_pixel_is_a_picture(processor: ImageProcessor, tmp_path: Path) -> None:
    derived = await derive(processor, media.png(1, 1), "image/png", tmp_path)
    assert [(file.width, file.height) for file in derived.files] == [(1, 1)] * 4
