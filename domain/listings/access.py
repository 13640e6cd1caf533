"""Who may do what with the media of a listing."""

from collections.abc import Collection

from domain.batches.media_type import MediaType
from domain.errors import NotPermitted
from domain.listings.errors import ListingNotAwaitingMedia, ListingNotFound
from domain.listings.listing import AWAITING_PHOTOS, BEFORE_PUBLICATION, Listing, ListingKind
from domain.principal import Principal, Role


def require_same_store(listing: Listing, principal: Principal) -> None:
    """A listing of another store does not exist. Raises ListingNotFound."""
    if listing.store_id != principal.store_id:
        raise ListingNotFound(listing.id)


def require_uploader(listing: Listing, principal: Principal, media_types: Collection[MediaType]) -> None:
    """Raise NotPermitted unless media of all these types is the principal's to deliver, now or at another time."""
    require_same_store(listing, principal)
    if not media_types or any(not media_type.is_project for media_type in media_types):
        _require_photographer(listing, principal)
    if any(media_type.is_project for media_type in media_types):
        _require_developer(listing, principal)


def require_awaiting(listing: Listing, media_types: Collection[MediaType]) -> None:
    """Raise ListingNotAwaitingMedia unless the listing takes media of all these types now."""
    photos = any(not media_type.is_project for media_type in media_types)
    projects = any(media_type.is_project for media_type in media_types)
    if photos and listing.status not in AWAITING_PHOTOS:
        raise ListingNotAwaitingMedia(listing.id, listing.status, " or ".join(sorted(AWAITING_PHOTOS)))
    if projects and listing.status not in BEFORE_PUBLICATION:
        raise ListingNotAwaitingMedia(listing.id, listing.status, "neither PUBLISHED nor ARCHIVED")


def require_manager(listing: Listing, principal: Principal, media_types: Collection[MediaType]) -> None:
    """Those who delivered it, and admins, may retry and delete. Raises NotPermitted."""
    require_same_store(listing, principal)
    if not principal.has(Role.ADMIN):
        require_uploader(listing, principal, media_types)


def require_read(listing: Listing, principal: Principal) -> None:
    """The owner, the photographer of the current booking and admins may look. Raises NotPermitted."""
    require_same_store(listing, principal)
    if not (principal.has(Role.ADMIN) or _is_owner(listing, principal) or _is_photographer(listing, principal)):
        raise NotPermitted("only the listing's owner, its photographer and admins see its media")


def _require_photographer(listing: Listing, principal: Principal) -> None:
    if not _is_photographer(listing, principal):
        raise NotPermitted("photos and videos come from the photographer of the listing's current booking")


def _require_developer(listing: Listing, principal: Principal) -> None:
    if not _is_owner(listing, principal):
        raise NotPermitted("project documents and renders come from the listing's owner")
    if listing.kind is not ListingKind.DEVELOPMENT:
        raise NotPermitted("project documents and renders belong to listings of kind DEVELOPMENT")


def _is_owner(listing: Listing, principal: Principal) -> bool:
    return principal.has(Role.OWNER) and listing.owner_id == principal.user_id


def _is_photographer(listing: Listing, principal: Principal) -> bool:
    booking = listing.current_booking
    return principal.has(Role.PHOTOGRAPHER) and booking is not None and booking.photographer_id == principal.user_id
