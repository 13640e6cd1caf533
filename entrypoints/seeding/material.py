"""What the rules of one context may look at, and how they say what is wrong."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from application.media.upload_terms import UploadTerms
from domain.errors import DomainError, Rejected, Violation
from domain.ids import MediaId
from domain.media.media import Media
from domain.media.suitability import NewUse, require_suitable
from entrypoints.seeding.sample_files import SampleFiles, SampleMissing
from entrypoints.settings import Settings

_ID = re.compile("(MediaId|Id)$")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Flaw:
    """`field` is a path within the entry."""

    field: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """`entries` are those of each file that can be read, as they stand there, sound or not; `media` those that can be
    uploaded, by key, as they would be announced.
    """

    settings: Settings
    files: SampleFiles
    entries: Mapping[str, Sequence[Mapping[str, Any]]]
    media: dict[str, Media] = field(default_factory=dict)

    def media_id(self, key: str) -> MediaId:
        """Of one that cannot be uploaded it is an id that no media has."""
        return self.media[key].id if key in self.media else MediaId(uuid4())

    def mime_type(self, file: str, terms: UploadTerms) -> str:
        """Of a file that may be uploaded on these terms. Raises SampleMissing, DomainError."""
        size, mime_type = self.files.size(file), self.files.mime_type(file)
        terms.require_allowed(mime_type)
        limit = terms.limits.of(mime_type)
        if not 1 <= size <= limit:
            detail = f"{mime_type} has 1 to {limit} bytes; this has {size}"
            raise Rejected(detail, [Violation("/file", "RANGE", detail)])
        return mime_type


def flaws(judge: Callable[[], object], *, at: str | None = None, names: Mapping[str, str] = _NOTHING) -> Iterator[Flaw]:
    """What a rule of the application has to say. `at` is the field that it is about, where the rule calls it otherwise;
    `names` stand for what only a program calls things, such as ids.
    """
    try:
        judge()
    except SampleMissing as missing:
        yield Flaw(at or "file", str(missing))
    except DomainError as error:
        for violation in error.violations or [Violation("", error.code, error.detail)]:
            yield Flaw(violation.pointer.removeprefix("/") if at is None else at, _renamed(violation.detail, names))


def unsuited(uses: Sequence[NewUse], material: Material) -> Iterator[Flaw]:
    """Media that do not suit. Requests name ids where entries name keys."""
    for flaw in flaws(lambda: require_suitable(uses, material.media.values())):
        yield Flaw(_ID.sub("", flaw.field), flaw.detail)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for machine, human in names.items():
        text = text.replace(machine, f'"{human}"')
    return text
