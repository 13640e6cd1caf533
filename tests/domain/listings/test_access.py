"""Who may do what, for every role, media type, kind and status of listing, and state of its bookings."""

from datetime import timedelta
from itertools import combinations, product

import pytest

from domain.batches.media_type import MediaType
from domain.errors import NotPermitted
from domain.ids import StoreId, UserId
from domain.listings.access import require_awaiting, require_manager, require_read, require_uploader
from domain.listings.booking import Booking, BookingStatus
from domain.listings.errors import ListingNotAwaitingMedia, ListingNotFound
from domain.listings.listing import Listing, ListingKind, ListingStatus
from domain.principal import Principal, Role
from tests.builders import IDS, NOW, OWNER, PHOTOGRAPHER, STORE, build_booking, build_listing

PHOTOS = frozenset(
    {
        MediaType.PHOTO_VERTICAL,
        MediaType.PHOTO_HORIZONTAL,
        MediaType.VIDEO_VERTICAL,
        MediaType.VIDEO_HORIZONTAL,
    }
)
PROJECT = frozenset({MediaType.PROJECT_DOC, MediaType.PROJECT_RENDER})
STRANGER = UserId(IDS.new())
FOREIGN_STORE = StoreId(IDS.new())


def principal(user: UserId, *roles: Role, store: StoreId = STORE) -> Principal:
    return Principal(user_id=user, store_id=store, roles=frozenset(roles))


PRINCIPALS = {
    "the photographer": principal(PHOTOGRAPHER, Role.PHOTOGRAPHER),
    "another photographer": principal(STRANGER, Role.PHOTOGRAPHER),
    "the photographer's user without the role": principal(PHOTOGRAPHER, Role.OWNER),
    "the owner": principal(OWNER, Role.OWNER),
    "another owner": principal(STRANGER, Role.OWNER),
    "the owner's user without the role": principal(OWNER, Role.PHOTOGRAPHER),
    "an admin": principal(STRANGER, Role.ADMIN),
    "a service": principal(STRANGER, Role.SERVICE),
    "nobody in particular": principal(STRANGER),
}


def booked(status: BookingStatus, *, days: int = 0, photographer: UserId = PHOTOGRAPHER) -> Booking:
    return build_booking(status=status, scheduled_at=NOW + timedelta(days=days), photographer_id=photographer)


BOOKINGS = {
    "none": ((), False),
    "pending": ((booked(BookingStatus.PENDING),), False),
    "cancelled": ((booked(BookingStatus.CANCELLED),), False),
    "active": ((booked(BookingStatus.ACTIVE),), True),
    "done": ((booked(BookingStatus.DONE),), True),
    "another photographer's since": (
        (booked(BookingStatus.DONE), booked(BookingStatus.ACTIVE, days=1, photographer=STRANGER)),
        False,
    ),
    "another photographer's, cancelled since": (
        (booked(BookingStatus.DONE), booked(BookingStatus.CANCELLED, days=1, photographer=STRANGER)),
        True,
    ),
    "another photographer's before": (
        (booked(BookingStatus.DONE, photographer=STRANGER), booked(BookingStatus.DONE, days=1)),
        True,
    ),
}
"""By name: the bookings, and whether PHOTOGRAPHER is the one of the current booking."""
MATRIX = list(product(PRINCIPALS, BOOKINGS, ListingKind))


def photographs(who: str, bookings: str) -> bool:
    """Is this the photographer of the current booking, in that role?"""
    if who == "another photographer":
        return bookings == "another photographer's since"
    return who == "the photographer" and BOOKINGS[bookings][1]


def permitted(check: object, *arguments: object) -> bool:
    try:
        check(*arguments)  # type: ignore[operator]  # the three checks differ in their arguments
    except NotPermitted:
        return False
    return True


def listing_with(bookings: str, kind: ListingKind, status: ListingStatus = ListingStatus.DRAFT) -> Listing:
    return build_listing(bookings=BOOKINGS[bookings][0], kind=kind, status=status, owner_id=OWNER)


@pytest.mark.parametrize(("who", "bookings", "kind"), MATRIX)
def test_who_may_deliver(who: str, bookings: str, kind: ListingKind) -> None:
    listing, caller = listing_with(bookings, kind), PRINCIPALS[who]
    photos = photographs(who, bookings)
    projects = who == "the owner" and kind is ListingKind.DEVELOPMENT
    for media_type in PHOTOS:
        assert permitted(require_uploader, listing, caller, {media_type}) == photos
    for media_type in PROJECT:
        assert permitted(require_uploader, listing, caller, {media_type}) == projects
    for photo, project in product(PHOTOS, PROJECT):
        assert permitted(require_uploader, listing, caller, {photo, project}) == (photos and projects)


@pytest.mark.parametrize(("who", "bookings", "kind"), MATRIX)
def test_who_may_retry_and_delete(who: str, bookings: str, kind: ListingKind) -> None:
    listing, caller = listing_with(bookings, kind), PRINCIPALS[who]
    for media_types in (PHOTOS, PROJECT, PHOTOS | PROJECT):
        expected = who == "an admin" or permitted(require_uploader, listing, caller, media_types)
        assert permitted(require_manager, listing, caller, media_types) == expected


@pytest.mark.parametrize(("who", "bookings", "kind"), MATRIX)
def test_who_may_look(who: str, bookings: str, kind: ListingKind) -> None:
    expected = who in {"an admin", "the owner"} or photographs(who, bookings)
    assert permitted(require_read, listing_with(bookings, kind), PRINCIPALS[who]) == expected


@pytest.mark.parametrize("role", Role)
def test_a_listing_of_another_store_does_not_exist(role: Role) -> None:
    listing = build_listing(owner_id=OWNER, kind=ListingKind.DEVELOPMENT)
    for user in (OWNER, PHOTOGRAPHER, STRANGER):
        foreigner = principal(user, role, store=FOREIGN_STORE)
        with pytest.raises(ListingNotFound):
            require_read(listing, foreigner)
        for media_types in (PHOTOS, PROJECT):
            with pytest.raises(ListingNotFound):
                require_uploader(listing, foreigner, media_types)
            with pytest.raises(ListingNotFound):
                require_manager(listing, foreigner, media_types)


TAKES_PHOTOS = {ListingStatus.PENDING_PHOTO_PROCESSING, ListingStatus.REJECTED_BY_OWNER}
TAKES_PROJECTS = set(ListingStatus) - {ListingStatus.PUBLISHED, ListingStatus.ARCHIVED}


@pytest.mark.parametrize("status", ListingStatus)
def test_when_a_listing_takes_media(status: ListingStatus) -> None:
    listing = build_listing(status=status)
    for media_types in [*combinations(MediaType, 1), *combinations(MediaType, 2)]:
        takes = (status in TAKES_PHOTOS or PHOTOS.isdisjoint(media_types)) and (
            status in TAKES_PROJECTS or PROJECT.isdisjoint(media_types)
        )
        if takes:
            require_awaiting(listing, media_types)
        else:
            with pytest.raises(ListingNotAwaitingMedia):
                require_awaiting(listing, media_types)
