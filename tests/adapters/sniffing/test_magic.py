from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sniffing.magic import MagicTypeSniffer
from tests import media

SNIFFER = MagicTypeSniffer()


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (media.jpeg, "image/jpeg"),
        (media.cmyk_jpeg, "image/jpeg"),
        (media.png, "image/png"),
        (media.gif, "image/gif"),
        (media.webp, "image/webp"),
        (media.avif, "image/avif"),
        (media.heic, "image/heic"),
        (media.svg, "image/svg+xml"),
        (media.pdf, "application/pdf"),
        (media.video, "video/mp4"),
        (lambda: media.video(container="mov"), "video/quicktime"),
        (media.webm, "video/webm"),
        (lambda: media.webm(streamed=True), "video/webm"),
        (media.text, None),
        (bytes, None),
    ],
)
def test_names_real_files(build: Callable[[], bytes], expected: str | None) -> None:
    assert SNIFFER.sniff(build()[:4096]) == expected


def _ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + major + b"\0\0\0\0" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\0\0\0\x08meta"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (_ftyp(b"mif1", b"mif1", b"heic"), "image/heic"),
        (_ftyp(b"mif1", b"mif1", b"avif", b"miaf"), "image/avif"),
        (_ftyp(b"mif1", b"mif1"), "image/heif"),
        (_ftyp(b"isom", b"isom", b"avc1", b"qt  "), "video/mp4"),
        (_ftyp(b"qt  ", b"qt  ", b"isom"), "video/quicktime"),
        (_ftyp(b"XAVC", b"XAVC", b"mp42"), "video/mp4"),
        (_ftyp(b"M4A ", b"M4A ", b"mp42"), "audio/mp4"),
        (_ftyp(b"????"), None),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "video/x-matroska"),
        (b"\xef\xbb\xbf<!-- a --><!DOCTYPE svg>\n<svg>", "image/svg+xml"),
        (b"<html><svg></svg></html>", None),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
    ],
)
def test_tells_brands_apart(head: bytes, expected: str | None) -> None:
    assert SNIFFER.sniff(head) == expected


@given(
    st.binary(max_size=300)
    | st.builds(
        bytes.__add__, st.sampled_from([b"\0\0\0\x20ftyp", b"<?xml", b"<!--", b"RIFF"]), st.binary(max_size=300)
    )
)
def test_never_raises(head: bytes) -> None:
    assert SNIFFER.sniff(head) is None or isinstance(SNIFFER.sniff(head), str)


def test_a_hostile_head_takes_no_time() -> None:
    """Would not end within this test's limit if the pattern went back over its comments."""
    assert SNIFFER.sniff(b"<!---->" * 580) is None
    assert SNIFFER.sniff(b"<!" + b"-" * 4000) is None
    assert SNIFFER.sniff(b"<!DOCTYPE [" * 370) is None
