from collections.abc import Sequence
from dataclasses import dataclass

from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment, media_of
from application.attachment_sets.scope import find_set
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.ids import AttachmentSetId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class SetQuery:
    principal: Principal
    set_id: AttachmentSetId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSet:
    """`attachments` are oldest first."""

    attachment_set: AttachmentSet
    attachments: Sequence[ShownAttachment]


class GetSet:
    """For everybody in the store; two queries, whatever is in the set. Raises AttachmentSetNotFound."""

    def __init__(self, *, begin: UnitOfWorkFactory, links: AttachmentLinks) -> None:
        self._begin = begin
        self._links = links

    async def __call__(self, query: SetQuery) -> ShownSet:
        async with self._begin() as tx:
            attachment_set = await find_set(tx, query.set_id, query.principal)
            media = await media_of(tx, attachment_set.attachments)
        return ShownSet(
            attachment_set=attachment_set,
            attachments=[
                self._links.shown(each, media.get(each.media_id) if each.media_id else None, query.principal)
                for each in attachment_set.attachments
            ],
        )
