from dataclasses import dataclass

from application.media.media_links import Downloads, MediaLinks
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId
from domain.media.access import visible_to
from domain.media.media import Media
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaQuery:
    principal: Principal
    media_id: MediaId


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMedia:
    media: Media
    downloads: Downloads


class GetMedia:
    """Raises MediaNotFound, also for what is on its way out."""

    def __init__(self, *, begin: UnitOfWorkFactory, links: MediaLinks) -> None:
        self._begin = begin
        self._links = links

    async def __call__(self, query: MediaQuery) -> FoundMedia:
        async with self._begin() as tx:
            media = visible_to(await tx.media.find(query.media_id), query.media_id, query.principal)
        return FoundMedia(media=media, downloads=self._links.downloads(media))
