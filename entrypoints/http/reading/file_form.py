"""multipart/form-data as it arrives: words first, then one file."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from litestar.exceptions import ClientException
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from domain.errors import Rejected, Violation
from entrypoints.http.reading.json_request import BodyIncomplete, BodyTimeout, JsonRequest, UnsupportedMediaType
from entrypoints.reading.structure import escaped

FILE = "file"
FORM_TYPE = "multipart/form-data"
_LONGEST_WORD = 64 * 1024
_LONGEST_BOUNDARY = 70
"""As RFC 2046 has it."""
_MOST_PARTS = 16
_MOST_OUTSIDE = 64 * 1024
"""Bytes in a row that belong to no part, in front of the first or behind the last."""
_LEAST = 16 * 1024
"""Bytes for which a sender has as long as it may be silent: whoever trickles is not there either."""
_CLOSING = len(b"\r\n----\r\n")
"""At most: the last line break is often left out, and a file at its limit must not be refused for it."""


class MalformedForm(ClientException):
    code = "MALFORMED_FORM"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOpening:
    """What stands before the bytes of the file. `words` leaves out what nobody has filled in; `violations` are of the
    form alone, not of what the words say.
    """

    words: Mapping[str, str]
    filename: str
    violations: Sequence[Violation]

    def require_none(self, further: Collection[Violation]) -> None:
        """Raises Rejected with every violation: those of the form, and `further` ones of other fields. Of the file
        nothing is known yet but its name.
        """
        named = {violation.pointer for violation in self.violations}
        others = [_of_filename(violation) for violation in further if violation.pointer not in named]
        if self.violations or others:
            raise _rejected([*self.violations, *others])


class FileForm:
    """The body of one request, read once from its front to its end. Of the file no more is in memory than has just
    arrived: who does not ask for the next piece makes the sender wait.

    Raises BodyTimeout when the sender is silent for too long, or takes too long altogether; BodyIncomplete when it has
    gone; MalformedForm; UnsupportedMediaType.
    """

    def __init__(self, request: JsonRequest, *, words: Sequence[str]) -> None:
        """`words` are the fields that may stand before the file."""
        self._request = request
        self._words = words
        self._boundary = _boundary_of(request)
        self._received = 0
        self._silence: float = request.app.state.body_timeout
        self._ends_at = monotonic() + request.app.state.upload_timeout
        self._events = self._parsed()

    @property
    def at_least(self) -> int:
        """How many bytes are still to come of the file, by the request's Content-Length; 0 when it has none."""
        length = self._request.content_length
        return max((length or 0) - self._received - len(self._boundary) - _CLOSING, 0)

    async def opening(self) -> FormOpening:
        words: dict[str, str] = {}
        violations: list[Violation] = []
        filename = None
        async for event in self._events:
            assert isinstance(event, MultipartSegment)
            if event.name == FILE:
                filename = event.filename or ""
                break
            name = event.name or ""
            violations += self._note(words, name, await self._word(name, violations))
        if filename is None:
            violations.append(Violation(f"/{FILE}", "MISSING_FIELD", "the form has no file"))
        return FormOpening(words=words, filename=filename or "", violations=violations)

    async def file(self) -> AsyncIterator[bytes]:
        """The bytes of the file, once `opening` has returned. Ends when the form has ended as it should."""
        async for event in self._events:
            if event is None:
                break
            assert isinstance(event, bytes)
            yield event
        async for event in self._events:
            assert isinstance(event, MultipartSegment)
            code = "TOO_MANY_FILES" if event.name == FILE or event.filename is not None else "FIELD_AFTER_FILE"
            detail = "one file a request, after all other fields"
            raise Rejected("something follows the file", [Violation(f"/{escaped(event.name or '')}", code, detail)])

    def _note(self, words: dict[str, str], name: str, body: bytes) -> Iterator[Violation]:
        at = f"/{escaped(name)}"
        if name not in self._words:
            yield self._unknown(name)
            return
        if name in words:
            yield Violation(at, "DUPLICATE_FIELD", "this is there twice")
            return
        try:
            text = body.decode()
        except UnicodeDecodeError:
            yield Violation(at, "FORMAT", "this is not UTF-8")
            return
        if text:
            # Browsers send what nobody has filled in.
            words[name] = text

    def _unknown(self, name: str) -> Violation:
        known = ", ".join([*self._words, FILE])
        return Violation(f"/{escaped(name)}", "UNKNOWN_FIELD", f"one of {known}; the file itself is `{FILE}`")

    async def _word(self, name: str, found: Sequence[Violation]) -> bytes:
        """`found` is what is wrong with those before it, to be told with what ends the reading."""
        body = bytearray()
        async for event in self._events:
            if event is None:
                break
            assert isinstance(event, bytes)
            body += event
            if len(body) > _LONGEST_WORD:
                too_long = Violation(f"/{escaped(name)}", "LENGTH", f"no field has more than {_LONGEST_WORD} bytes")
                raise _rejected([*found, too_long if name in self._words else self._unknown(name)])
        return bytes(body)

    async def _parsed(self) -> AsyncIterator[MultipartSegment | bytes | None]:
        """For each part its head, the pieces of its body, and None."""
        parser = PushMultipartParser(self._boundary, max_segment_count=_MOST_PARTS)
        outside = 0
        try:
            async for chunk in self._chunks():
                outside += len(chunk)
                for event in parser.parse(chunk):
                    outside = 0
                    yield event
                if outside > _MOST_OUTSIDE:
                    raise MalformedForm(detail="the form is surrounded by too much that is not part of it")
            parser.close()
        except MultipartError as error:
            raise MalformedForm(detail=f"the form cannot be read: {error}") from error

    async def _chunks(self) -> AsyncIterator[bytes]:
        is_last, waited, arrived = False, 0.0, 0
        while not is_last:
            began = monotonic()
            try:
                async with asyncio.timeout(min(self._silence - waited, self._ends_at - began)):
                    message: Any = await self._request.receive()
            except TimeoutError as error:
                raise BodyTimeout(detail="the file did not arrive in time") from error
            if message["type"] == "http.disconnect":
                raise BodyIncomplete(detail="the request ended before its body did")
            is_last = not message.get("more_body", False)
            body: bytes = message.get("body", b"")
            self._received += len(body)
            waited, arrived = waited + monotonic() - began, arrived + len(body)
            if arrived >= _LEAST:
                waited, arrived = 0.0, 0
            if body:
                yield body


def _of_filename(violation: Violation) -> Violation:
    if violation.pointer != f"/{FILE}":
        return violation
    return replace(violation, detail=f"the name of the file, `filename` of its part: {violation.detail}")


def _rejected(violations: Sequence[Violation]) -> Rejected:
    return Rejected("the form breaks rules; see errors", violations)


def _boundary_of(request: JsonRequest) -> str:
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    if media_type != FORM_TYPE:
        raise UnsupportedMediaType(detail=f"this takes {FORM_TYPE}")
    boundary: str = options.get("boundary", "")
    if not 1 <= len(boundary) <= _LONGEST_BOUNDARY or not boundary.isascii() or not boundary.isprintable():
        raise MalformedForm(detail=f"the content type has no boundary of 1 to {_LONGEST_BOUNDARY} characters")
    return boundary
