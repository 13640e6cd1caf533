"""What stands before the file that is to be attached."""

from dataclasses import dataclass

from domain.media.wording import name_violations
from entrypoints.http.reading.file_form import FormOpening

WORDS = ("title",)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """`title` is None when it goes by its file name."""

    title: str | None
    filename: str


def named_file(opening: FormOpening) -> NamedFile:
    """Raises Rejected with every violation."""
    title = opening.words.get("title")
    opening.require_none(
        [
            *name_violations("/file", opening.filename),
            *(name_violations("/title", title) if title is not None else ()),
        ]
    )
    return NamedFile(title=title, filename=opening.filename)
