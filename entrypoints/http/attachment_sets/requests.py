"""Bodies of requests. What the domain judges (titles, addresses) is plain text here."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import Violation


class _Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    pass


class AttachBody(_Body, omit_defaults=True):
    """An address, or a media that the library has: one of the two."""

    title: str | None = None
    url: str | None = None
    media_id: UUID | None = None

    def violations(self) -> Iterator[Violation]:
        if self.url is None and self.media_id is None:
            yield Violation("/url", "MISSING_FIELD", "this is required, or mediaId")
        if self.url is not None and self.media_id is not None:
            yield Violation("/mediaId", "AMBIGUOUS", "either this or url")


class ChangeAttachmentBody(_Body):
    """What is left out, or null, stays as it is; one of the two is there."""

    title: Annotated[str | None, Meta(description="1 to 255 characters.")] = None
    url: Annotated[
        str | None,
        Meta(description="For what was attached as an address. It is fetched if it is another one, or has failed."),
    ] = None


class ChooseCoverBody(_Body):
    attachment_id: UUID
