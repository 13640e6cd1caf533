from dataclasses import dataclass

from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment
from application.attachment_sets.scope import find_set, require_in
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentQuery:
    principal: Principal
    set_id: AttachmentSetId
    attachment_id: SetAttachmentId


class GetAttachment:
    """For everybody in the store. Raises AttachmentSetNotFound, AttachmentNotFound, AttachmentNotInSet."""

    def __init__(self, *, begin: UnitOfWorkFactory, links: AttachmentLinks) -> None:
        self._begin = begin
        self._links = links

    async def __call__(self, query: AttachmentQuery) -> ShownAttachment:
        async with self._begin() as tx:
            attachment_set = await find_set(tx, query.set_id, query.principal)
            attachment = await require_in(tx, attachment_set, query.attachment_id)
            media = await tx.media.find(attachment.media_id) if attachment.media_id else None
        return self._links.shown(attachment, media, query.principal)
