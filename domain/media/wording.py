"""What people write beside a file. The rules of uploads and of later changes alike."""

from collections.abc import Iterator
from unicodedata import category

from domain.errors import Violation
from domain.unseen import can_be_seen

MAX_NAME = 255
MAX_FOLDER = 100
MAX_ALT_TEXT = 500
MAX_DESCRIPTION = 10_000
_LAYOUT = frozenset("\t\n\r")
_CONTROL_CHARACTERS = "CONTROL_CHARACTERS"


def name_violations(at: str, name: str) -> Iterator[Violation]:
    """`at` is the JSON pointer of the text, here and below."""
    if not can_be_seen(name) or len(name) > MAX_NAME:
        yield Violation(at, "LENGTH", f"1 to {MAX_NAME} characters, at least one of which can be seen")
    if _has_controls(name):
        yield Violation(at, _CONTROL_CHARACTERS, "no control characters")


def folder_violations(at: str, folder: str) -> Iterator[Violation]:
    if not 1 <= len(folder) <= MAX_FOLDER or folder != folder.strip() or not folder.isprintable():
        yield Violation(at, "LENGTH", f"1 to {MAX_FOLDER} printable characters, no blanks at the ends")


def alt_text_violations(at: str, alt_text: str | None) -> Iterator[Violation]:
    if alt_text is None:
        return
    if len(alt_text) > MAX_ALT_TEXT:
        yield Violation(at, "LENGTH", f"at most {MAX_ALT_TEXT} characters")
    if _has_controls(alt_text):
        yield Violation(at, _CONTROL_CHARACTERS, "no control characters")


def description_violations(at: str, description: str | None) -> Iterator[Violation]:
    if description is None:
        return
    if len(description) > MAX_DESCRIPTION:
        yield Violation(at, "LENGTH", f"at most {MAX_DESCRIPTION} characters")
    if _has_controls(description, but=_LAYOUT):
        yield Violation(at, _CONTROL_CHARACTERS, "no control characters but tabs and ends of lines")


def _has_controls(text: str, *, but: frozenset[str] = frozenset()) -> bool:
    return any(category(character) == "Cc" and character not in but for character in text)
