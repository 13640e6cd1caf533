"""Stores and users: a reference that is absent stays, null clears it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from application.stores.media_changes import media_changes
from domain.ids import MediaId, StoreId, UserId
from domain.media.content_class import SVG
from domain.media.kind import IMAGES, MediaKind
from domain.media.media import MediaStatus
from domain.principal import Role
from domain.stores.repository import Stores
from domain.stores.store import Store
from tests.application.world import principal
from tests.builders import IDS, NOW, OWNER, STORE
from tests.consumers.shop import CUSTOMER, JUDGE, KEEPER, STRANGER, Shop
from tests.entrypoints.http.problems import violations

STORE_PATH = f"/stores/{STORE}"
USER_PATH = f"/users/{OWNER}"
SLOTS = [
    (STORE_PATH, "logoMediaId", "store_logo", STORE),
    (STORE_PATH, "bannerMediaId", "store_banner", STORE),
    (USER_PATH, "avatarMediaId", "user_avatar", OWNER),
]
MEMBERS = [(path, member) for path, member, *_ in SLOTS]


@pytest.mark.parametrize(("path", "member", "entity_type", "entity_id"), SLOTS)
async def test_absent_stays_and_null_clears(
    shop: Shop, path: str, member: str, entity_type: str, entity_id: object
) -> None:
    picture, other = await shop.media(), await shop.media()

    shown = await shop.done("PATCH", path, {member: picture})
    assert shown[member] == picture
    assert await shop.uses(picture) == [(entity_type, str(entity_id))]

    assert (await shop.done("PATCH", path, {}))[member] == picture
    assert (await shop.done("PATCH", path, {member: other}))[member] == other
    assert await shop.uses(picture) == []

    assert (await shop.done("PATCH", path, {member: None}))[member] is None
    assert await shop.uses(other) == []
    assert (await shop.done("GET", path))[member] is None


@pytest.mark.parametrize(("path", "member", "entity_type", "entity_id"), SLOTS)
async def test_media_of_another_store_cannot_be_shown(
    shop: Shop, path: str, member: str, entity_type: str, entity_id: object
) -> None:
    theirs = await shop.media(store_id=StoreId(IDS.new()))

    await shop.refused(409, "MEDIA_NOT_ATTACHABLE", "PATCH", path, {member: theirs})
    await shop.refused(409, "MEDIA_NOT_ATTACHABLE", "PATCH", path, {member: str(IDS.new())})

    assert await shop.ledger() == []
    assert (await shop.ask("GET", path)).status_code == 404


@pytest.mark.parametrize(("path", "member"), MEMBERS)
@pytest.mark.parametrize("mime_type", sorted(IMAGES))
async def test_any_picture_can_be_shown(memory_shop: Shop, path: str, member: str, mime_type: str) -> None:
    picture = await memory_shop.media(mime_type=mime_type)

    assert (await memory_shop.done("PATCH", path, {member: picture}))[member] == picture


@pytest.mark.parametrize(("path", "member"), MEMBERS)
@pytest.mark.parametrize("mime_type", ["application/pdf", "video/mp4", SVG])
async def test_nothing_else_can_be_shown(shop: Shop, path: str, member: str, mime_type: str) -> None:
    before, other = await shop.media(), await shop.media(mime_type=mime_type)
    await shop.done("PATCH", path, {member: before})

    answer = await shop.ask("PATCH", path, {member: other})

    assert violations(answer) == {(f"/{member}", "MEDIA_TYPE_NOT_ALLOWED")}
    assert await shop.uses(other) == []
    assert (await shop.done("GET", path))[member] == before


@pytest.mark.parametrize(("path", "member"), MEMBERS)
async def test_what_is_confidential_is_shown_to_nobody(shop: Shop, path: str, member: str) -> None:
    scan = await shop.media(kind=MediaKind.LICENSE_DOC)
    paper = await shop.document(kind=MediaKind.LICENSE_DOC)

    assert violations(await shop.ask("PATCH", path, {member: scan})) == {(f"/{member}", "CONFIDENTIAL_MEDIA")}
    assert violations(await shop.ask("PATCH", path, {member: paper})) == {
        (f"/{member}", "CONFIDENTIAL_MEDIA"),
        (f"/{member}", "MEDIA_TYPE_NOT_ALLOWED"),
    }
    assert await shop.ledger() == []


async def test_logo_and_banner_are_judged_at_once(shop: Shop) -> None:
    clip, paper = await shop.media(mime_type="video/mp4"), await shop.document()

    answer = await shop.ask("PATCH", STORE_PATH, {"logoMediaId": clip, "bannerMediaId": paper})

    assert violations(answer) == {
        ("/logoMediaId", "MEDIA_TYPE_NOT_ALLOWED"),
        ("/bannerMediaId", "MEDIA_TYPE_NOT_ALLOWED"),
    }


async def test_a_logo_of_an_older_version_stays_beside_a_new_banner(shop: Shop) -> None:
    scan, banner = await shop.media(kind=MediaKind.LICENSE_DOC), await shop.media()
    async with shop.begin() as tx:
        store = Store.introduce(store_id=STORE, now=NOW)
        store.show(logo_media_id=MediaId(UUID(scan)), banner_media_id=None, now=NOW)
        await shop.api.reconcile(tx, *media_changes(store, old_logo=[], old_banner=[]))
        await tx.repository(Stores).save(store)
        await tx.commit()

    changed = await shop.done("PATCH", STORE_PATH, {"logoMediaId": scan, "bannerMediaId": banner})

    assert (changed["logoMediaId"], changed["bannerMediaId"]) == (scan, banner)


@pytest.mark.parametrize(("path", "member", "entity_type", "entity_id"), SLOTS)
async def test_the_deletion_worker_clears_it(
    shop: Shop, path: str, member: str, entity_type: str, entity_id: object
) -> None:
    picture = await shop.media()
    await shop.done("PATCH", path, {member: picture})

    await shop.detach(picture)
    await shop.detach(picture)

    assert (await shop.done("GET", path))[member] is None
    assert await shop.uses(picture) == []


async def test_a_logo_that_is_the_banner_too_is_cleared_once(shop: Shop) -> None:
    picture = await shop.media()
    await shop.done("PATCH", STORE_PATH, {"logoMediaId": picture, "bannerMediaId": picture})
    assert await shop.uses(picture) == [("store_banner", str(STORE)), ("store_logo", str(STORE))]

    changed = await shop.done("PATCH", STORE_PATH, {"logoMediaId": None})

    assert (changed["logoMediaId"], changed["bannerMediaId"]) == (None, picture)
    assert await shop.uses(picture) == [("store_banner", str(STORE))]


@pytest.mark.parametrize(("path", "body"), [(STORE_PATH, "logoMediaId"), (USER_PATH, "avatarMediaId")])
async def test_forgotten_it_uses_nothing(shop: Shop, path: str, body: str) -> None:
    picture = await shop.media()
    await shop.done("PATCH", path, {body: picture})

    await shop.done("DELETE", path)
    await shop.done("DELETE", path)

    assert await shop.uses(picture) == []
    assert (await shop.ask("GET", path)).status_code == 404


async def test_who_may_change_a_store(shop: Shop) -> None:
    await shop.refused(403, "NOT_PERMITTED", "PATCH", STORE_PATH, {}, who=CUSTOMER)
    await shop.refused(403, "NOT_PERMITTED", "DELETE", STORE_PATH, who=CUSTOMER)
    for method in ("GET", "PATCH", "DELETE"):
        body: Any = {} if method == "PATCH" else None
        await shop.refused(404, "STORE_NOT_FOUND", method, STORE_PATH, body, who=STRANGER)


async def test_who_may_change_a_user(shop: Shop) -> None:
    await shop.done("PATCH", USER_PATH, {}, who=KEEPER)
    await shop.done("PATCH", USER_PATH, {}, who=JUDGE)
    await shop.done("GET", USER_PATH, who=CUSTOMER)
    for method in ("PATCH", "DELETE"):
        body: Any = {} if method == "PATCH" else None
        await shop.refused(403, "NOT_PERMITTED", method, USER_PATH, body, who=CUSTOMER)
    await shop.refused(404, "USER_NOT_FOUND", "GET", USER_PATH, who=STRANGER)
    await shop.refused(404, "USER_NOT_FOUND", "PATCH", USER_PATH, {}, who=STRANGER)
    await shop.refused(404, "USER_NOT_FOUND", "DELETE", USER_PATH, who=STRANGER)
    await shop.done("GET", USER_PATH)


async def test_a_user_of_another_store_is_not_told_from_none(shop: Shop) -> None:
    theirs = f"/users/{CUSTOMER.user_id}"
    await shop.done("PATCH", theirs, {}, who=CUSTOMER)

    for path in (theirs, f"/users/{IDS.new()}"):
        for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
            problem = await shop.refused(404, "USER_NOT_FOUND", method, path, body, who=STRANGER)
            assert problem["detail"] == f"there is no user {path.removeprefix('/users/')} in your store"

    await shop.done("DELETE", theirs, who=JUDGE)
    await shop.refused(404, "USER_NOT_FOUND", "DELETE", theirs, who=JUDGE)


async def test_nobody_is_made_a_user_of_a_store_by_somebody_else(shop: Shop) -> None:
    stranger = f"/users/{IDS.new()}"

    await shop.refused(404, "USER_NOT_FOUND", "PATCH", stranger, {}, who=JUDGE)
    await shop.refused(404, "USER_NOT_FOUND", "GET", stranger, who=JUDGE)


async def test_an_avatar_is_nothing_that_its_user_may_not_see(shop: Shop) -> None:
    path = f"/users/{CUSTOMER.user_id}"
    secret = await shop.media(kind=MediaKind.LICENSE_DOC)
    own = await shop.media(kind=MediaKind.LICENSE_DOC, user_id=CUSTOMER.user_id)

    pending = await shop.media(kind=MediaKind.LICENSE_DOC, status=MediaStatus.PENDING)
    for hidden in (secret, pending, str(IDS.new())):
        answer = await shop.ask("PATCH", path, {"avatarMediaId": hidden}, who=CUSTOMER)
        assert violations(answer, 409, "MEDIA_NOT_ATTACHABLE") == {("/avatarMediaId", "MEDIA_NOT_FOUND")}
    assert await shop.ledger() == []

    answer = await shop.ask("PATCH", path, {"avatarMediaId": own}, who=CUSTOMER)
    assert violations(answer) == {("/avatarMediaId", "CONFIDENTIAL_MEDIA")}
    assert await shop.uses(own) == []


async def test_first_writes_at_once_leave_one_user_and_one_use(postgres_shop: Shop) -> None:
    shop = postgres_shop
    pictures = [await shop.media() for _ in range(8)]
    who = principal(UserId(IDS.new()), Role.OWNER)
    path = f"/users/{who.user_id}"

    answers = await asyncio.gather(
        *(shop.ask("PATCH", path, {"avatarMediaId": picture}, who=who) for picture in pictures)
    )

    assert {answer.status_code for answer in answers} <= {200, 409}
    avatar = (await shop.done("GET", path, who=who))["avatarMediaId"]
    assert await shop.used("user_avatar") == {avatar}
    assert len(await shop.ledger()) == 1
