"""What people write beside a file. The rules of uploads and of later changes alike."""

from collections.abc import Iterator

from domain.errors import Violation

MAX_NAME = 255
MAX_FOLDER = 100
MAX_ALT_TEXT = 500
MAX_DESCRIPTION = 10_000


def name_violations(at: str, name: str) -> Iterator[Violation]:
    """`at` is the JSON pointer of the text, here and below."""
    if not name.strip() or len(name) > MAX_NAME or "\0" in name:
        yield Violation(at, "LENGTH", f"1 to {MAX_NAME} characters, none of them NUL")


def folder_violations(at: str, folder: str) -> Iterator[Violation]:
    if not 1 <= len(folder) <= MAX_FOLDER or folder != folder.strip() or not folder.isprintable():
        yield Violation(at, "LENGTH", f"1 to {MAX_FOLDER} printable characters, no blanks at the ends")


def alt_text_violations(at: str, alt_text: str | None) -> Iterator[Violation]:
    yield from _prose_violations(at, alt_text, MAX_ALT_TEXT)


def description_violations(at: str, description: str | None) -> Iterator[Violation]:
    yield from _prose_violations(at, description, MAX_DESCRIPTION)


def _prose_violations(at: str, text: str | None, longest: int) -> Iterator[Violation]:
    if text is not None and (len(text) > longest or "\0" in text):
        yield Violation(at, "LENGTH", f"at most {longest} characters, none of them NUL")
