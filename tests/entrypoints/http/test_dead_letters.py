"""What was given up on, for those who look after it."""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from application.events.cloud_events import NotACloudEvent
from domain.dead_letters.dead_letter import DeadLetter
from domain.ids import StoreId, UserId
from domain.principal import Principal, Role
from tests.application.dead_letters.dying import crash, dead_batch, delivery, letters
from tests.application.uploads import photos
from tests.application.world import principal
from tests.builders import IDS, build_dead_letter, build_stored_message, build_task_letter
from tests.entrypoints.http.api import DEAD_LETTERS, PRINCIPALS, Api
from tests.entrypoints.http.problems import refused, violations

ADMIN = PRINCIPALS["admin"]
OPERATOR = principal(UserId(IDS.new()), Role.ADMIN, Role.SERVICE)
Ask = Callable[[Api, object, Principal], Awaitable[httpx.Response]]


def list_all(api: Api, _: object, who: Principal, **asked: str) -> Awaitable[httpx.Response]:
    return api.client.get(DEAD_LETTERS, params=asked, headers=api.headers(who))


def show(api: Api, letter_id: object, who: Principal) -> Awaitable[httpx.Response]:
    return api.client.get(f"{DEAD_LETTERS}/{letter_id}", headers=api.headers(who))


def replay(api: Api, letter_id: object, who: Principal) -> Awaitable[httpx.Response]:
    return api.client.post(f"{DEAD_LETTERS}/{letter_id}/replay", headers=api.headers(who))


def discard(api: Api, letter_id: object, who: Principal) -> Awaitable[httpx.Response]:
    return api.client.post(f"{DEAD_LETTERS}/{letter_id}/discard", headers=api.headers(who))


ASKS: dict[str, Ask] = {"list": list_all, "show": show, "replay": replay, "discard": discard}


async def stored(api: Api, *found: DeadLetter) -> DeadLetter:
    async with api.begin() as tx:
        for letter in found:
            await tx.dead_letters.add(letter)
        await tx.commit()
    return found[-1]


async def listed(api: Api, who: Principal = OPERATOR, **asked: str) -> list[dict[str, Any]]:
    answer = await list_all(api, None, who, **asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["deadLetters"])


@pytest.mark.parametrize("who", PRINCIPALS)
@pytest.mark.parametrize("what", ASKS)
async def test_they_are_for_admins(api: Api, what: str, who: str) -> None:
    letter = await stored(api, build_dead_letter(store_id=api.listing.store_id))

    answer = await ASKS[what](api, letter.id, PRINCIPALS[who])

    if who == "admin":
        assert answer.status_code in {200, 202, 204}, answer.text
    else:
        refused(answer, 403, "NOT_PERMITTED")


@pytest.mark.parametrize("what", sorted(set(ASKS) - {"list"}))
async def test_a_letter_of_another_store_or_of_none_does_not_exist(api: Api, what: str) -> None:
    ours = await stored(api, build_task_letter())
    stray = await stored(api, build_dead_letter())
    stranger = replace(OPERATOR, store_id=StoreId(IDS.new()))

    refused(await ASKS[what](api, ours.id, stranger), 404, "DEAD_LETTER_NOT_FOUND")
    refused(await ASKS[what](api, stray.id, ADMIN), 404, "DEAD_LETTER_NOT_FOUND")
    refused(await ASKS[what](api, IDS.new(), OPERATOR), 404, "DEAD_LETTER_NOT_FOUND")
    refused(await ASKS[what](api, "nonsense", OPERATOR), 404, "NOT_FOUND")
    assert {letter.status for letter in await letters(api)} == {"OPEN"}


async def test_a_list_shows_each_what_is_his(api: Api) -> None:
    ours, stray = build_task_letter(), build_dead_letter()
    await stored(api, ours, stray, build_task_letter(store_id=StoreId(IDS.new())))

    assert [letter["letterId"] for letter in await listed(api, ADMIN)] == [str(ours.id)]
    assert [letter["letterId"] for letter in await listed(api)] == [str(stray.id), str(ours.id)]


async def test_a_list_says_what_died_of_what(api: Api) -> None:
    batch_id = await dead_batch(api)

    (letter,) = await listed(api, ADMIN)

    two = await api.asset(batch_id, "two")
    assert letter.pop("letterId")
    assert letter.pop("taskId")
    assert letter.pop("createdAt")
    assert letter == {
        "kind": "TASK",
        "status": "OPEN",
        "topic": "vitrine.tasks.image.v1",
        "messageType": "vitrine.task.scheduled",
        "assetId": str(two.id),
        "batchId": str(batch_id),
        "listingId": str(api.listing.id),
        "errorCode": "DECODER_CRASHED",
        "errorDetail": "bad chunk 'ab?'",
        "attempts": 3,
    }


async def test_a_list_is_read_page_by_page(api: Api) -> None:
    made = [await stored(api, build_dead_letter()) for _ in range(5)]
    seen: list[str] = []
    asked = {"limit": "2"}
    while True:
        page = (await list_all(api, None, OPERATOR, **asked)).json()
        seen += [letter["letterId"] for letter in page["deadLetters"]]
        if page["nextCursor"] is None:
            break
        asked["cursor"] = page["nextCursor"]
    assert seen == [str(letter.id) for letter in reversed(made)]


async def test_a_list_may_be_of_one_status_and_one_topic(api: Api) -> None:
    storage = build_dead_letter(message=build_stored_message(topic="vitrine.storage.v1"))
    await stored(api, build_dead_letter(), storage)
    await discard(api, storage.id, OPERATOR)

    assert [letter["letterId"] for letter in await listed(api, topic="vitrine.storage.v1")] == [str(storage.id)]
    assert [letter["letterId"] for letter in await listed(api, status="DISCARDED")] == [str(storage.id)]
    assert await listed(api, status="OPEN", topic="vitrine.storage.v1") == []
    assert (await listed(api, status="DISCARDED"))[0]["resolvedAt"]


async def test_every_wrong_parameter_is_named(api: Api) -> None:
    asked = {"status": "LOST", "topic": "a\0b", "cursor": "x" * 101, "limit": "0"}

    answer = await list_all(api, None, OPERATOR, **asked)

    assert {pointer for pointer, _ in violations(answer)} == {"/status", "/topic", "/cursor", "/limit"}
    assert violations(await list_all(api, None, OPERATOR, cursor="garbage")) == {("/cursor", "FORMAT")}


async def test_a_letter_is_shown_with_its_bytes(api: Api) -> None:
    arrived = delivery()
    error = NotACloudEvent("the body is not JSON")
    await api.reject_message(arrived, consumer="vitrine.listings", error=error, attempts=1)
    ((letter),) = await listed(api)

    answer = await show(api, letter["letterId"], OPERATOR)

    assert answer.status_code == 200
    shown = answer.json()
    assert {name: shown[name] for name in letter} == letter
    assert b64decode(shown["body"]["base64"]) == arrived.body
    assert shown["body"]["bytes"] == len(arrived.body)
    assert "text" not in shown["body"]
    assert shown["headers"] == {name: value.decode() for name, value in arrived.headers.items()}
    assert (shown["key"], shown["place"], shown["consumer"]) == ("listing-7", "3/141", "vitrine.listings")
    assert (shown["messageId"], shown["messageType"]) == ("fact-7", "marketplace.listing.changed")
    assert shown["truncated"] is False


async def test_a_body_that_is_text_is_shown_as_text(api: Api) -> None:
    text = '{"straße": "\0"}'
    letter = await stored(api, build_dead_letter(message=build_stored_message(body=text.encode(), key=b"\xff")))

    shown = (await show(api, letter.id, OPERATOR)).json()

    assert shown["body"] == {
        "bytes": len(text.encode()),
        "base64": shown["body"]["base64"],
        "text": text,
    }
    assert shown["key"] == "\N{REPLACEMENT CHARACTER}"


async def test_a_replay_begins_a_new_run_and_resolves_all_letters_of_the_batch(api: Api) -> None:
    batch_id = await dead_batch(api, "one", "two", "three", dying=("one", "two"))
    first, second = await letters(api)

    answer = await replay(api, first.id, ADMIN)

    (_, job) = await api.jobs(batch_id)
    assert answer.status_code == 202
    assert answer.json() == {"replayed": [str(first.id), str(second.id)], "jobId": str(job.id)}
    refused(await replay(api, second.id, ADMIN), 409, "DEAD_LETTER_RESOLVED")
    refused(await discard(api, second.id, ADMIN), 409, "DEAD_LETTER_RESOLVED")
    shown = (await show(api, second.id, ADMIN)).json()
    assert (shown["status"], shown["resolvedBy"]) == ("REPLAYED", str(ADMIN.user_id))


async def test_while_its_batch_is_at_work_a_letter_waits(api: Api) -> None:
    crash(api, "two")
    await api.receive(photos("one", "two"))
    _, doomed = await api.pointers()
    for _ in range(api.retry.max_attempts):
        await api.work_on_task(doomed, worker="worker")
        api.clock.advance(api.retry.longest_delay)
    (letter,) = await letters(api)

    refused(await replay(api, letter.id, ADMIN), 409, "BATCH_IN_FLIGHT")


async def test_what_cannot_be_replayed_says_so(api: Api) -> None:
    truncated = await stored(api, build_dead_letter(message=build_stored_message(truncated=True)))
    orphan = await stored(api, build_task_letter())

    refused(await replay(api, truncated.id, OPERATOR), 409, "DEAD_LETTER_NOT_REPLAYABLE")
    refused(await replay(api, orphan.id, OPERATOR), 409, "DEAD_LETTER_NOT_REPLAYABLE")


async def test_a_discarded_letter_stays_in_the_list(api: Api) -> None:
    letter = await stored(api, build_task_letter())

    answer = await discard(api, letter.id, ADMIN)

    assert (answer.status_code, answer.content) == (204, b"")
    assert [found["status"] for found in await listed(api, ADMIN)] == ["DISCARDED"]
    refused(await discard(api, letter.id, ADMIN), 409, "DEAD_LETTER_RESOLVED")
