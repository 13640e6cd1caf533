"""A deletion that fails, as the admins of its store see it; and what the log says of one that does not."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from adapters.auth.jwt import issue_token
from domain.ids import StoreId, UserId
from domain.media.media import Media, MediaStatus
from domain.principal import Principal, Role
from tests.system.answers import accepted, refused
from tests.system.library import Library, open_library
from tests.system.marketplace import Marketplace
from tests.system.vitrine_process import JWT_SECRET, VitrineProcess
from tests.system.waiting import eventually

LETTERS = "/api/v2/dead-letters"


def somebody(store_id: StoreId, *roles: Role) -> tuple[UserId, Mapping[str, str]]:
    principal = Principal(user_id=UserId(uuid4()), store_id=store_id, roles=frozenset(roles))
    token = issue_token(JWT_SECRET, principal, timedelta(hours=1), datetime.now(UTC))
    return principal.user_id, {"Authorization": f"Bearer {token}"}


async def is_deleted(library: Library, media: Media) -> None:
    async def deleted() -> bool:
        return await library.status(media) is MediaStatus.DELETED

    await eventually(deleted, within=30, expecting="the media is deleted")


async def test_the_admins_of_its_store_decide_on_its_letter(vitrine: VitrineProcess, marketplace: Marketplace) -> None:
    http = marketplace.http
    async with open_library(vitrine) as library:
        stuck = (await library.picture_in_use(products=1)).media
        usage = await library.smuggle(stuck, "gadget")
        await library.request_deletion(stuck)
        admin_id, admin = somebody(stuck.store_id, Role.ADMIN)
        _, stranger = somebody(StoreId(uuid4()), Role.ADMIN, Role.SERVICE)

        async def told() -> dict[str, Any] | None:
            found = accepted(await http.get(LETTERS, headers=admin))["deadLetters"]
            assert len(found) <= 1
            return found[0] if found else None

        letter = await eventually(told, within=60, expecting="a dead letter of the failed deletion")
        assert (letter["mediaId"], letter["errorCode"]) == (str(stuck.id), "UNKNOWN_ENTITY_TYPE")
        path = f"{LETTERS}/{letter['letterId']}"
        for step in ("discard", "replay"):
            answer = await http.post(f"{path}/{step}", headers=stranger)
            refused(answer, HTTPStatus.NOT_FOUND, "DEAD_LETTER_NOT_FOUND")
        accepted(await http.post(f"{path}/discard", headers=admin), HTTPStatus.NO_CONTENT)

        async with library.begin() as tx:
            await tx.attachments.apply(added=[], removed=[usage])
            await tx.commit()
        accepted(await http.post(f"{path}/replay", headers=admin), HTTPStatus.ACCEPTED)
        await is_deleted(library, stuck)

    resolved = accepted(await http.get(path, headers=admin))
    assert (resolved["status"], resolved["resolvedBy"]) == ("REPLAYED", str(admin_id))


async def test_the_log_tells_each_step_once_and_who_asked(vitrine: VitrineProcess, marketplace: Marketplace) -> None:
    async with open_library(vitrine) as library:
        media = (await library.picture_in_use(products=1)).media
        admin_id, admin = somebody(media.store_id, Role.ADMIN)
        answer = await marketplace.http.delete(f"/api/v2/media/{media.id}", headers=admin)
        accepted(answer, HTTPStatus.NO_CONTENT)
        await is_deleted(library, media)

    async def lines() -> list[dict[str, Any]] | None:
        found = [json.loads(line) for line in vitrine.log.read_text().splitlines() if str(media.id) in line]
        return found if any(line["event"] == "photo.deleted" for line in found) else None

    found = await eventually(lines, within=30, expecting="the events in the log")
    events = Counter(line["event"] for line in found)
    assert events["media.delete_requested"] == events["media.deleted"] == events["deletion.done"] == 1
    (requested,) = [line for line in found if line["event"] == "media.delete_requested"]
    assert requested["user_id"] == str(admin_id)
