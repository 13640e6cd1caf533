"""`Content-Disposition: attachment` for a name that somebody else chose (RFC 6266)."""

import re
from collections.abc import Callable
from urllib.parse import quote

_FALLBACK = "download"
_ATTR_CHARS = "!#$&+-.^_`|~"

_is_plain: Callable[[str], object] = re.compile(r"[A-Za-z0-9_.~-]+").fullmatch


def encoded_attachment(filename: str) -> str:
    """The header's value, percent-encoded for a query string.

    Old clients read an ASCII name, all others the true one in UTF-8. Quotes, backslashes, path
    separators and control characters reach neither raw, so the name cannot add a header or a parameter.
    """
    if _is_plain(filename):
        return f"attachment%3B%20filename%3D%22{filename}%22"
    return quote(attachment(filename), safe="~")


def attachment(filename: str) -> str:
    """The header's value as the client receives it."""
    name = "".join([_visible(character) for character in filename]).strip() or _FALLBACK
    fallback = "".join([_ascii(character) for character in name])
    if fallback == name:
        return f'attachment; filename="{name}"'
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"


def _visible(character: str) -> str:
    return character if character.isprintable() and character not in "/\\" else "_"


def _ascii(character: str) -> str:
    # A raw % in the quoted form is decoded by some browsers, and a quote would end it.
    return character if character.isascii() and character not in '"%' else "_"
