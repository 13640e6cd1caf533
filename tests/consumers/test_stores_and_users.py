"""Stores and users: a reference that is absent stays, null clears it."""

import asyncio
from typing import Any

import pytest

from domain.ids import StoreId, UserId
from domain.media.kind import MediaKind
from domain.principal import Role
from tests.application.world import principal
from tests.builders import IDS, OWNER, STORE
from tests.consumers.shop import CUSTOMER, JUDGE, KEEPER, STRANGER, Shop

STORE_PATH = f"/stores/{STORE}"
USER_PATH = f"/users/{OWNER}"
SLOTS = [
    (STORE_PATH, "logoMediaId", "store_logo", STORE),
    (STORE_PATH, "bannerMediaId", "store_banner", STORE),
    (USER_PATH, "avatarMediaId", "user_avatar", OWNER),
]


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
    await shop.done("DELETE", USER_PATH, who=STRANGER)
    await shop.done("GET", USER_PATH)


async def test_nobody_is_made_a_user_of_a_store_by_somebody_else(shop: Shop) -> None:
    stranger = f"/users/{IDS.new()}"

    await shop.refused(404, "USER_NOT_FOUND", "PATCH", stranger, {}, who=JUDGE)
    await shop.refused(404, "USER_NOT_FOUND", "GET", stranger, who=JUDGE)


async def test_an_avatar_is_nothing_that_its_user_may_not_see(shop: Shop) -> None:
    path = f"/users/{CUSTOMER.user_id}"
    secret = await shop.media(kind=MediaKind.LICENSE_DOC)
    own = await shop.media(kind=MediaKind.LICENSE_DOC, user_id=CUSTOMER.user_id)

    await shop.refused(409, "MEDIA_NOT_ATTACHABLE", "PATCH", path, {"avatarMediaId": secret}, who=CUSTOMER)
    assert await shop.uses(secret) == []

    await shop.done("PATCH", path, {"avatarMediaId": own}, who=CUSTOMER)
    assert await shop.uses(own) == [("user_avatar", str(CUSTOMER.user_id))]


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
