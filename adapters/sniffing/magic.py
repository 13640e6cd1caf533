"""Types by their first bytes.

The signatures are our own. The general detectors guess: on these types puremagic gives every HEIC as
image/heif, an SVG with a prolog as application/xml and `%PDF` alone as a document, each with a confidence
of its own making. A gate before the decoders needs the brands told apart and nothing guessed.
"""

import re

from application.ports.decoding import TypeSniffer

_HEAD = 4096

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)

_BRANDS = (
    (frozenset({b"avif", b"avis"}), "image/avif"),
    (frozenset({b"heic", b"heix", b"heim", b"heis"}), "image/heic"),
    (frozenset({b"mif1", b"mif2"}), "image/heif"),
    (frozenset({b"hevc", b"hevx", b"msf1"}), "image/heic-sequence"),
    (frozenset({b"qt  "}), "video/quicktime"),
    (frozenset({b"M4A ", b"M4B "}), "audio/mp4"),
    (
        frozenset({b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV", b"F4V ", b"mmp4"})
        | {b"iso%d" % version for version in range(2, 10)},
        "video/mp4",
    ),
)
"""ISO base media brands, the more telling first: an AVIF lists mif1 too, and nearly all list isom."""

_QUICKTIME_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"pnot"})
"""QuickTime files from before `ftyp` open with one of these."""

_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>\s+|<\?[^>]*>|<!--(?:(?!-->).)*+-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?\s*>)*+<svg[\s>/]",
    re.DOTALL | re.IGNORECASE,
)


class MagicTypeSniffer(TypeSniffer):
    """Knows JPEG, PNG, GIF, WebP, AVIF, HEIC, HEIF, MP4, QuickTime, WebM, Matroska, PDF and SVG."""

    def sniff(self, head: bytes) -> str | None:
        head = head[:_HEAD]
        for signature, content_type in _SIGNATURES:
            if head.startswith(signature):
                return content_type
        return _sniff_container(head)


def _sniff_container(head: bytes) -> str | None:
    kind = head[4:8]
    if kind == b"ftyp":
        return _sniff_brands(head)
    if kind in _QUICKTIME_ATOMS:
        return "video/quicktime"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return "image/svg+xml" if _SVG.match(head) else None


def _sniff_brands(head: bytes) -> str | None:
    """The major brand decides; where it is a newcomer's, the compatible ones do."""
    size = int.from_bytes(head[:4], "big")
    major, box = head[8:12], head[:size]
    compatible = {box[at : at + 4] for at in range(16, len(box) - 3, 4)}
    still = {b"mif1", b"mif2"} & {major}
    for candidates in ({major} - still, compatible | {major}):
        for brands, content_type in _BRANDS:
            if brands & candidates:
                return content_type
    return None
