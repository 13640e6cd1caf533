from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from entrypoints.reading.texts import Line

_MOST_CREATIVES = 50


class _Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    pass


class CreativeBody(_Body):
    media_id: UUID
    headline: Line | None = None


class AdBody(_Body):
    """All of the ad: what is sent replaces what was there."""

    title: Line
    creatives: Annotated[list[CreativeBody], Meta(max_length=_MOST_CREATIVES, description="In the order shown.")]
