"""Which characters the bytes of a page stand for, as browsers find out."""

import codecs
import re

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le"))
_DECLARED_WITHIN = 1024
"""Bytes from the start of a page; whoever declares it later is not heard."""
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.ASCII | re.IGNORECASE)
_IN_PAGE = re.compile(
    rb"<meta\s[^>]*charset\s*=\s*[\"']?\s*([\w.:+-]{1,40})|^\s*<\?xml\s[^>]*encoding\s*=\s*[\"']([\w.:+-]{1,40})",
    re.IGNORECASE,
)
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
"""What is declared is often less than what is written."""
_KNOWN = frozenset(
    [
        *("utf-8", "utf-16-be", "utf-16-le", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp", "cp932", "cp949"),
        *(f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
        *(f"cp125{page}" for page in range(9)),
        *("cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"),
    ]
)
"""Python knows more, some of which (UTF-7, escapes) turn harmless bytes into markup."""


def decode(page: bytes, *, content_type: str | None) -> str:
    """By the byte order mark, else by the header, else by what the page declares, else UTF-8 or Windows-1252.

    What cannot be decoded becomes U+FFFD. Never raises.
    """
    for mark, utf in _BYTE_ORDER_MARKS:
        if page.startswith(mark):
            return page[len(mark) :].decode(utf, errors="replace")
    charset = _in_header(content_type or "") or _in_page(page[:_DECLARED_WITHIN])
    if charset is not None:
        return page.decode(charset, errors="replace")
    try:
        # The end may have been cut in the middle of a character.
        return codecs.getincrementaldecoder("utf-8")().decode(page)
    except UnicodeDecodeError:
        return page.decode("cp1252", errors="replace")


def _in_header(content_type: str) -> str | None:
    found = _IN_HEADER.search(content_type)
    return _known(found[1]) if found else None


def _in_page(start: bytes) -> str | None:
    found = _IN_PAGE.search(start)
    if found is None:
        return None
    charset = _known((found[1] or found[2]).decode("ascii", errors="replace"))
    # The declaration itself was read as ASCII, so it cannot be true.
    return "utf-8" if charset in {"utf-16-be", "utf-16-le"} else charset


def _known(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    charset = _READ_AS.get(name, name)
    return charset if charset in _KNOWN else None
