"""Who may do what with the media of a store."""

from domain.errors import NotPermitted
from domain.ids import MediaId
from domain.media.errors import MediaNotFound
from domain.media.media import Media
from domain.principal import Principal


def visible_to(media: Media | None, media_id: MediaId, principal: Principal) -> Media:
    """The media, if there is one for this principal. Raises MediaNotFound, also for another store's and for a
    confidential one that is not theirs to know of.
    """
    if media is None or not media.is_visible or not may_see(media, principal):
        raise MediaNotFound(media_id)
    return media


def deletable_by(media: Media | None, media_id: MediaId, principal: Principal) -> Media:
    """The media, also one that is on its way out or gone, if this principal may delete it. Raises MediaNotFound as
    `visible_to` does, and NotPermitted.
    """
    if media is None or not may_see(media, principal):
        raise MediaNotFound(media_id)
    if not media.is_visible and not _manages(media, principal):
        raise MediaNotFound(media_id)
    require_manager(media, principal)
    return media


def may_see(media: Media, principal: Principal) -> bool:
    if media.store_id != principal.store_id:
        return False
    return not media.is_confidential or sees_confidential(principal) or media.user_id == principal.user_id


def sees_confidential(principal: Principal) -> bool:
    """True for those who run the store."""
    return principal.runs_the_store


def require_manager(media: Media, principal: Principal) -> None:
    """Its uploader and those who run the store may change and delete it. Raises NotPermitted."""
    if not _manages(media, principal):
        raise NotPermitted("media is changed and deleted by its uploader, or by those who run the store")


def _manages(media: Media, principal: Principal) -> bool:
    return media.user_id == principal.user_id or principal.runs_the_store
