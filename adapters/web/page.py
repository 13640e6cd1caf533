"""Runs in a child process: what a page says of itself."""

import base64
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from adapters.web.charset import decode
from domain.web.web_address import DEFAULT_PORTS, MAX_LENGTH

_LONGEST_TITLE = 200
_MOST_PREVIEWS = 3
_NO_TEXT = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_STEP = 16 * 1024
_DEEPEST = 512
"""Elements within each other, as in browsers. What closes one may look through all, so no page nests without end."""
_TITLE = "og:title"
_PREVIEWS = (
    *("og:image", "og:image:url", "og:image:secure_url"),
    *("twitter:image", "twitter:image:src"),
    *("apple-touch-icon", "apple-touch-icon-precomposed", "icon"),
)
"""Best first: of the icons, those for home screens are larger."""


def read_page(*, start: str, url: str, content_type: str | None) -> dict[str, object]:
    """`start` in base64. Answers `{title, preview_urls}`; the title may be None."""
    told = _Told()
    # The parser knows fewer charsets than browsers do, so it is given text.
    text = decode(base64.b64decode(start), content_type=content_type)
    parser = etree.HTMLParser(target=told, encoding="utf-8")
    for at in range(0, len(text) or 1, _STEP):
        parser.feed(text[at : at + _STEP].encode(errors="replace"))
        if told.depth > _DEEPEST:
            break
    parser.close()
    return {"title": _title(told), "preview_urls": _previews(told, url)}


class _Told:
    """Takes notes while lxml parses; no tree is built. `depth` counts the elements that are open."""

    def __init__(self) -> None:
        self.title: list[str] = []
        self.base: str | None = None
        self.values: dict[str, list[str]] = {}
        self.depth = 0
        self._titles = 0
        self._drawings = 0
        self._in_title = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        match tag:
            case "title" if not self._drawings:
                self._titles += 1
                self._in_title = self._titles == 1
            case "svg":
                self._drawings += 1  # these have titles of their own
            case "base":
                self.base = self.base or attributes.get("href")
            case "meta":
                self._note(attributes.get("property") or attributes.get("name"), attributes.get("content"))
            case "link":
                for relation in attributes.get("rel", "").split():
                    self._note(relation, attributes.get("href"))

    def data(self, text: str) -> None:
        if self._in_title:
            self.title.append(text)

    def end(self, tag: str) -> None:
        self.depth -= 1
        match tag:
            case "title":
                self._in_title = False
            case "svg":
                self._drawings -= 1

    def close(self) -> None:
        """Every target of lxml has one."""

    def _note(self, name: str | None, value: str | None) -> None:
        key = (name or "").strip().lower()
        if value and (key == _TITLE or key in _PREVIEWS):
            self.values.setdefault(key, []).append(value)


def _title(told: _Told) -> str | None:
    for text in ("".join(told.title), *told.values.get(_TITLE, ())):
        title = _NO_TEXT.sub(" ", text).strip()
        if title:
            return title[:_LONGEST_TITLE].rstrip()
    return None


def _previews(told: _Told, url: str) -> list[str]:
    base = _resolved(told.base or "", url) or url
    candidates = (value for key in _PREVIEWS for value in told.values.get(key, ()))
    return list(dict.fromkeys(islice(_web_addresses(candidates, base), _MOST_PREVIEWS)))


def _web_addresses(references: Iterator[str], base: str) -> Iterator[str]:
    for reference in references:
        address = _resolved(reference, base)
        if address is not None:
            yield address


def _resolved(reference: str, base: str) -> str | None:
    """The web address that a browser would make of it; None for whatever else it is."""
    try:
        address = urljoin(base, reference.strip().replace(" ", "%20"))
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return address if len(address) <= MAX_LENGTH and address.isprintable() else None
