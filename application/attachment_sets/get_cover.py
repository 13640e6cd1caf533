from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment
from application.attachment_sets.get_set import SetQuery
from application.attachment_sets.scope import find_set
from application.unit_of_work import UnitOfWorkFactory


class GetCover:
    """For everybody in the store; None where there is none. Raises AttachmentSetNotFound."""

    def __init__(self, *, begin: UnitOfWorkFactory, links: AttachmentLinks) -> None:
        self._begin = begin
        self._links = links

    async def __call__(self, query: SetQuery) -> ShownAttachment | None:
        async with self._begin() as tx:
            cover = (await find_set(tx, query.set_id, query.principal)).cover
            media = await tx.media.find(cover.media_id) if cover and cover.media_id else None
        return self._links.shown(cover, media, query.principal) if cover else None
