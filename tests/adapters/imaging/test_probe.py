"""A look at the header, while the rest of the file is still on its way."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random
from zlib import crc32

import pytest

from adapters.imaging.probe import READ_HEADER, ChildImageProbe
from adapters.sandbox.pool import ChildProcessPool
from domain.assets.failure import FailureCode, MediaRejected
from tests import media

JUNK = bytes(range(256)) * 16


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(scope="module")
async def probe() -> AsyncIterator[ChildImageProbe]:
    async with ChildProcessPool(functions=(READ_HEADER,), size=1) as pool:
        yield ChildImageProbe(pool)


@pytest.mark.parametrize(
    ("build", "content_type", "codec"),
    [
        (media.jpeg, "image/jpeg", "jpeg"),
        (lambda: media.jpeg(orientation=6), "image/jpeg", "jpeg"),
        (media.png, "image/png", "png"),
        (media.webp, "image/webp", "webp"),
        (media.gif, "image/gif", "gif"),
        (media.avif, "image/avif", "avif"),
        (media.heic, "image/heic", "hevc"),
        (media.heic, "image/heif", "hevc"),
    ],
)
async def test_a_header_says_how_large_the_upright_picture_is(
    probe: ChildImageProbe, build: Callable[[], bytes], content_type: str, codec: str
) -> None:
    facts = await probe.look(build(), content_type=content_type, is_whole=True)

    assert facts is not None
    assert (facts.width, facts.height, facts.codec) == (320, 240, codec)


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/heic"])
async def test_the_start_of_a_photo_is_enough(probe: ChildImageProbe, content_type: str) -> None:
    data = media.photo() if content_type == "image/jpeg" else media.tiled_heic()

    facts = await probe.look(data[: len(data) // 2], content_type=content_type, is_whole=False)

    assert facts is not None
    assert (facts.width, facts.height) == ((4000, 3000) if content_type == "image/jpeg" else (1200, 900))


@pytest.mark.parametrize("head", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x00\x10\x00\x00WEBPVP8 "])
async def test_what_no_decoder_opens_is_refused(probe: ChildImageProbe, head: bytes) -> None:
    content_type = {0xFF: "image/jpeg", 0x89: "image/png", ord("G"): "image/gif", ord("R"): "image/webp"}[head[0]]
    for data in (head, head + JUNK):
        with pytest.raises(MediaRejected) as caught:
            await probe.look(data, content_type=content_type, is_whole=True)
        assert caught.value.failure.code is FailureCode.UNREADABLE_MEDIA


@pytest.mark.parametrize("content_type", ["image/heic", "image/avif"])
async def test_boxes_with_junk_in_them_are_refused(probe: ChildImageProbe, content_type: str) -> None:
    data = (media.heic() if content_type == "image/heic" else media.avif())[:32] + JUNK
    with pytest.raises(MediaRejected) as caught:
        await probe.look(data, content_type=content_type, is_whole=True)
    assert caught.value.failure.code is FailureCode.UNREADABLE_MEDIA


async def test_of_a_part_that_says_too_little_nothing_is_said(probe: ChildImageProbe) -> None:
    data = media.webp()

    assert await probe.look(data[: len(data) // 2], content_type="image/webp", is_whole=False) is None


@pytest.mark.parametrize("head", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"])
async def test_junk_is_refused_by_a_part_of_it(probe: ChildImageProbe, head: bytes) -> None:
    content_type = "image/jpeg" if head[0] == 0xFF else "image/png"
    data = head + Random(1).randbytes(500_000)

    with pytest.raises(MediaRejected) as caught:
        await probe.look(data, content_type=content_type, is_whole=False)
    assert caught.value.failure.code is FailureCode.UNREADABLE_MEDIA


async def test_what_cameras_put_in_front_of_a_frame_is_no_damage(probe: ChildImageProbe) -> None:
    depth_map = b"\xff\xe1" + (60_000).to_bytes(2, "big") + bytes(59_998)
    photo = media.jpeg()
    whole = photo[:2] + depth_map * 10 + photo[2:]

    assert await probe.look(whole[:300_000], content_type="image/jpeg", is_whole=False) is None
    facts = await probe.look(whole, content_type="image/jpeg", is_whole=True)
    assert facts is not None
    assert (facts.width, facts.height) == (320, 240)


async def test_long_texts_in_front_of_a_png_are_no_damage(probe: ChildImageProbe) -> None:
    picture = media.png()
    text = b"tEXt" + b"Comment\0" + b"x" * 400_000
    chunk = (len(text) - 4).to_bytes(4, "big") + text + crc32(text).to_bytes(4, "big")
    header_end = 8 + 12 + 13
    whole = picture[:header_end] + chunk + picture[header_end:]

    assert await probe.look(whole[:200_000], content_type="image/png", is_whole=False) is None
    assert await probe.look(whole, content_type="image/png", is_whole=True) is not None


@pytest.mark.parametrize("is_whole", [True, False])
async def test_a_bomb_is_refused_by_its_header(probe: ChildImageProbe, is_whole: bool) -> None:
    with pytest.raises(MediaRejected) as caught:
        await probe.look(media.png_bomb(), content_type="image/png", is_whole=is_whole)
    assert caught.value.failure.code is FailureCode.PIXEL_LIMIT_EXCEEDED


async def test_bytes_are_lent_for_as_long_as_the_look_lasts(probe: ChildImageProbe) -> None:
    before = open_files()
    for _ in range(10):
        await probe.look(media.png(), content_type="image/png", is_whole=True)
    assert open_files() == before


@pytest.mark.parametrize(
    ("build", "content_type"),
    [
        (media.jpeg, "image/jpeg"),
        (media.png, "image/png"),
        (media.webp, "image/webp"),
        (media.gif, "image/gif"),
        (media.avif, "image/avif"),
        (media.heic, "image/heic"),
    ],
)
async def test_a_whole_file_that_was_cut_short_is_refused(
    probe: ChildImageProbe, build: Callable[[], bytes], content_type: str
) -> None:
    cut = media.truncated(build())

    with pytest.raises(MediaRejected) as caught:
        await probe.look(cut, content_type=content_type, is_whole=True)

    assert caught.value.failure.code is FailureCode.UNREADABLE_MEDIA


async def test_pictures_that_would_keep_their_sender_waiting_are_left_to_the_worker(probe: ChildImageProbe) -> None:
    facts = await probe.look(media.png_bomb(width=10_000, height=6_000), content_type="image/png", is_whole=True)

    assert facts is not None
    assert (facts.width, facts.height) == (10_000, 6_000)
