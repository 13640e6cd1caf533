from collections.abc import Sequence
from dataclasses import dataclass

from application.attachments.entity_types import EntityTypes
from application.unit_of_work import UnitOfWorkFactory
from domain.attachments.attachment import Attachment, Place
from domain.ids import MediaId
from domain.media.access import visible_to
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUsagesQuery:
    """`limit` usages behind the place `after`, or the first."""

    principal: Principal
    media_id: MediaId
    after: Place | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    attachment: Attachment
    protected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePage:
    """In the order of `Attachment.place`; `next_after` is None on the last page."""

    usages: Sequence[Usage]
    next_after: Place | None


class ListUsages:
    """Who uses a media. Raises MediaNotFound."""

    def __init__(self, *, begin: UnitOfWorkFactory, entity_types: EntityTypes) -> None:
        self._begin = begin
        self._entity_types = entity_types

    async def __call__(self, query: ListUsagesQuery) -> UsagePage:
        async with self._begin() as tx:
            media = visible_to(await tx.media.find(query.media_id), query.media_id, query.principal)
            found = await tx.attachments.of_media(media.id, after=query.after, limit=query.limit + 1)
        shown = found[: query.limit]
        return UsagePage(
            usages=[
                Usage(attachment=each, protected=self._entity_types.is_protected(each.entity_type)) for each in shown
            ],
            next_after=shown[-1].place if len(found) > len(shown) else None,
        )
