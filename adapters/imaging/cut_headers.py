"""Whether a header that decoders cannot open is damaged, or merely goes on behind what is there of the file."""

_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PNG_SIGNATURE = 8
_PNG_FRAME = 12
"""Length, type and CRC around the data of a chunk."""


def may_go_on(start: bytes, content_type: str) -> bool:
    """True for formats that are not opened without all of the file, too. Cameras put megabytes in front of a JPEG's
    frame, so its end alone proves nothing.
    """
    if content_type == "image/jpeg":
        return _jpeg_goes_on(start)
    if content_type == "image/png":
        return _png_goes_on(start)
    return True


def _jpeg_goes_on(start: bytes) -> bool:
    at = 2
    while at + 4 <= len(start):
        if start[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            return False
        marker = start[at + 1]
        if marker in _JPEG_FRAMES:
            return False
        if marker == 0xFF or marker in _JPEG_ALONE:  # noqa: PLR2004 - a fill byte
            at += 1 if marker not in _JPEG_ALONE else 2
            continue
        at += 2 + int.from_bytes(start[at + 2 : at + 4], "big")
    return True


def _png_goes_on(start: bytes) -> bool:
    at, is_first = _PNG_SIGNATURE, True
    while at + 8 <= len(start):
        kind = start[at + 4 : at + 8]
        if is_first != (kind == b"IHDR") or not kind.isalpha() or kind == b"IDAT":
            return False
        at, is_first = at + _PNG_FRAME + int.from_bytes(start[at : at + 4], "big"), False
    return True
