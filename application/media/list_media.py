from collections.abc import Sequence
from dataclasses import dataclass

from application.media.media_links import MediaLinks
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId, UserId
from domain.media.access import sees_confidential
from domain.media.content_class import ContentClass
from domain.media.kind import MediaKind
from domain.media.media import Media, MediaStatus
from domain.media.repository import LibraryFilter
from domain.media.words import words_of
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMediaQuery:
    """`limit` media of the principal's store older than `before`, or the newest, to which all that is given applies.
    Each word of `search` begins a word of the name.
    """

    principal: Principal
    before: MediaId | None
    limit: int
    kind: MediaKind | None = None
    content_class: ContentClass | None = None
    folder: str | None = None
    mime_type: str | None = None
    status: MediaStatus | None = None
    uploader: UserId | None = None
    unused: bool = False
    search: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMedia:
    """`thumbnail` is a URL that lives for a while."""

    media: Media
    thumbnail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPage:
    """Newest first; `next_before` is None on the last page."""

    media: Sequence[ListedMedia]
    next_before: MediaId | None


class ListMedia:
    """What the principal may see of the store's library."""

    def __init__(self, *, begin: UnitOfWorkFactory, links: MediaLinks) -> None:
        self._begin = begin
        self._links = links

    async def __call__(self, query: ListMediaQuery) -> MediaPage:
        wanted = LibraryFilter(
            store_id=query.principal.store_id,
            confidential_of=None if sees_confidential(query.principal) else query.principal.user_id,
            kind=query.kind,
            content_class=query.content_class,
            folder=query.folder,
            mime_type=query.mime_type.lower() if query.mime_type else None,
            status=query.status,
            user_id=query.uploader,
            unused=query.unused,
            words=words_of(query.search),
        )
        async with self._begin() as tx:
            found = await tx.media_library.page(wanted, before=query.before, limit=query.limit + 1)
        shown = found[: query.limit]
        return MediaPage(
            media=[ListedMedia(media=media, thumbnail=self._links.thumbnail(media)) for media in shown],
            next_before=shown[-1].id if len(found) > len(shown) else None,
        )
