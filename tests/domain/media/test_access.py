"""Who sees and who changes media, for every kind, status and role."""

import pytest

from domain.errors import NotPermitted
from domain.ids import StoreId, UserId
from domain.media.access import may_see, require_manager, visible_to
from domain.media.errors import MediaNotFound
from domain.media.kind import MediaKind
from domain.media.media import MediaStatus
from domain.principal import Principal, Role
from tests.builders import IDS, STORE, build_media

UPLOADER, STRANGER = UserId(IDS.new()), UserId(IDS.new())
CONFIDENTIAL = {MediaKind.LICENSE_DOC, MediaKind.COA, MediaKind.MANIFEST}
RUNS_THE_STORE = {Role.OWNER, Role.ADMIN, Role.SERVICE}
GONE = {MediaStatus.DELETE_REQUESTED, MediaStatus.DELETE_FAILED, MediaStatus.DELETED}
ROLES: list[frozenset[Role]] = [frozenset(), *(frozenset({role}) for role in Role), frozenset(Role)]


def principal(user: UserId, roles: frozenset[Role], store: StoreId = STORE) -> Principal:
    return Principal(user_id=user, store_id=store, roles=roles)


@pytest.mark.parametrize("kind", MediaKind)
@pytest.mark.parametrize("roles", ROLES)
def test_a_confidential_file_is_seen_by_its_uploader_and_by_those_who_run_the_store(
    kind: MediaKind, roles: frozenset[Role]
) -> None:
    media = build_media(kind=kind, user_id=UPLOADER)

    assert may_see(media, principal(UPLOADER, roles))
    assert may_see(media, principal(STRANGER, roles)) == (kind not in CONFIDENTIAL or bool(roles & RUNS_THE_STORE))


@pytest.mark.parametrize("roles", ROLES)
def test_of_another_store_nothing_is_seen_by_anybody(roles: frozenset[Role]) -> None:
    elsewhere = principal(UPLOADER, roles, StoreId(IDS.new()))
    for kind in MediaKind:
        media = build_media(kind=kind, user_id=UPLOADER)
        assert not may_see(media, elsewhere)
        with pytest.raises(MediaNotFound):
            visible_to(media, media.id, elsewhere)


@pytest.mark.parametrize("status", MediaStatus)
def test_what_is_on_its_way_out_is_not_found(status: MediaStatus) -> None:
    media = build_media(status=status, user_id=UPLOADER)
    admin = principal(UPLOADER, frozenset({Role.ADMIN}))
    if status not in GONE:
        assert visible_to(media, media.id, admin) is media
        return
    with pytest.raises(MediaNotFound):
        visible_to(media, media.id, admin)


def test_what_is_missing_and_what_is_hidden_cannot_be_told_apart() -> None:
    hidden = build_media(kind=MediaKind.COA, user_id=UPLOADER)
    stranger = principal(STRANGER, frozenset())
    with pytest.raises(MediaNotFound) as missing:
        visible_to(None, hidden.id, stranger)
    with pytest.raises(MediaNotFound) as unseen:
        visible_to(hidden, hidden.id, stranger)

    assert missing.value.detail == unseen.value.detail


@pytest.mark.parametrize("roles", ROLES)
def test_it_is_changed_by_its_uploader_and_by_those_who_run_the_store(roles: frozenset[Role]) -> None:
    media = build_media(user_id=UPLOADER)
    require_manager(media, principal(UPLOADER, roles))
    if roles & RUNS_THE_STORE:
        require_manager(media, principal(STRANGER, roles))
        return
    with pytest.raises(NotPermitted):
        require_manager(media, principal(STRANGER, roles))
