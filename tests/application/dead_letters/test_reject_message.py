"""A message that nobody can do anything with: stored once, passed on with its bytes."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from application.events.cloud_events import NotACloudEvent, to_headers
from application.ports.messaging import Delivery
from domain.dead_letters.dead_letter import LetterKind, LetterStatus
from domain.errors import Rejected, Unavailable, Violation
from tests.application.dead_letters.dying import NASTY, delivery, letters, only_letter
from tests.application.world import World

BAD = NotACloudEvent("the body is not JSON")
IDENTITY = f"vitrine.listings.v1 3/141 {sha256(delivery().body).hexdigest()}"


async def test_the_letter_holds_what_arrived_and_why_it_was_refused(world: World) -> None:
    arrived = delivery()

    assert await world.reject_message(arrived, consumer="vitrine.listings", error=BAD, attempts=3)

    letter = await only_letter(world)
    assert (letter.kind, letter.status, letter.store_id) == (LetterKind.MESSAGE, LetterStatus.OPEN, None)
    assert (letter.consumer, letter.attempts) == ("vitrine.listings", 3)
    assert (letter.error_code, letter.error_detail) == ("NOT_A_CLOUD_EVENT", "the body is not JSON")
    assert (letter.message.topic, letter.message.place, letter.message.key) == (
        "vitrine.listings.v1",
        "3/141",
        b"listing-7",
    )
    assert (letter.message.id, letter.message.type) == ("fact-7", "marketplace.listing.changed")
    assert letter.message.body == arrived.body
    assert letter.message.headers == {name: value.decode() for name, value in arrived.headers.items()}
    assert world.telemetry.of("dead_lettered") == ["vitrine.listings.v1"]


async def test_it_goes_to_the_dead_letter_topic_as_it_came(world: World) -> None:
    arrived = delivery()
    await world.reject_message(arrived, consumer="vitrine.listings", error=BAD, attempts=3)
    await world.relay_outbox()

    (message,) = world.publisher.messages

    letter = await only_letter(world)
    assert (message.topic, message.key, message.payload) == ("vitrine.listings.v1.dlq", "listing-7", arrived.body)
    headers = to_headers(message)
    assert {name: headers[name] for name in ("ce_type", "ce_source", "ce_id", "content-type")} == {
        "ce_type": "vitrine.message.rejected",
        "ce_source": "/vitrine",
        "ce_id": str(message.id),
        "content-type": "application/octet-stream",
    }
    assert {name: value for name, value in headers.items() if name.startswith("vitrine-")} == {
        "vitrine-error-code": "NOT_A_CLOUD_EVENT",
        "vitrine-error-detail": "the body is not JSON",
        "vitrine-topic": "vitrine.listings.v1",
        "vitrine-place": "3/141",
        "vitrine-consumer": "vitrine.listings",
        "vitrine-attempts": "3",
        "vitrine-letter": str(letter.id),
    }
    for name, value in arrived.headers.items():
        assert headers[f"original-{name}"] == value.decode()


@pytest.mark.parametrize("seed", range(5))
async def test_delivered_twice_it_makes_one_letter(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    answers = await asyncio.gather(
        *(world.reject_message(delivery(), consumer="vitrine.listings", error=BAD, attempts=1) for _ in range(5))
    )
    while await world.relay_outbox():
        pass

    assert sorted(answers) == [False] * 4 + [True]
    assert len(await letters(world)) == len(world.publisher.messages) == 1
    assert len(world.telemetry.of("dead_lettered")) == 1


async def test_another_consumer_and_another_place_make_letters_of_their_own(world: World) -> None:
    async def reject(consumer: str, **changes: Any) -> bool:
        return await world.reject_message(delivery(**changes), consumer=consumer, error=BAD, attempts=1)

    assert await reject("vitrine.listings")
    assert await reject("vitrine.storage")
    assert await reject("vitrine.listings", place="3/142")
    assert await reject("vitrine.listings", topic="vitrine.storage.v1")
    # The topic was made anew, and its places come again.
    assert await reject("vitrine.listings", body=b"something else")
    assert len(await letters(world)) == 5


async def test_what_breaks_rules_names_them_up_to_a_point(world: World) -> None:
    violations = [Violation(f"/bookings/{index}/id", "DUPLICATE", "it occurs twice") for index in range(12)]
    error = Rejected("a booking occurs twice", violations)
    await world.reject_message(delivery(), consumer="vitrine.listings", error=error, attempts=1)

    letter = await only_letter(world)

    lines = letter.error_detail.splitlines()
    assert lines[:2] == ["a booking occurs twice", "/bookings/0/id it occurs twice (DUPLICATE)"]
    assert lines[11:] == ["and 2 more"]


async def test_a_defect_of_ours_tells_its_kind_and_no_secrets(world: World) -> None:
    await world.reject_message(
        delivery(), consumer="vitrine.listings", error=KeyError("postgresql://user:1234@db"), attempts=4
    )

    letter = await only_letter(world)

    assert (letter.error_code, letter.error_detail) == ("INTERNAL_ERROR", "unexpected KeyError")


@pytest.mark.parametrize("arrived", NASTY)
async def test_whatever_arrives_can_be_put_aside(world: World, arrived: Delivery) -> None:
    error = Rejected("line one\nline \0 two \udcff\x1b[31m" + "x" * 5_000)
    await world.reject_message(arrived, consumer="vitrine.listings", error=error, attempts=1)
    await world.relay_outbox()

    (message,) = world.publisher.messages
    for name, value in to_headers(message).items():
        name.encode()
        value.encode()
    detail = to_headers(message)["vitrine-error-detail"]
    assert detail.isprintable()
    assert detail.startswith("line one line two ?")
    assert len(detail) <= 500
    assert "\0" not in message.key
    assert len(message.payload) <= 1 << 20
    assert sum(len(name) + len(value) for name, value in message.headers.items()) < 100_000


async def test_while_the_database_is_away_it_is_not_taken_for_done(world: World) -> None:
    async with world.begin() as tx:
        await tx.processed_messages.first_time("vitrine.listings.dlq", IDENTITY, now=world.now)
        world.database.lock_timeout = timedelta(milliseconds=1)
        with pytest.raises(Unavailable):
            await world.reject_message(delivery(), consumer="vitrine.listings", error=BAD, attempts=1)
    assert world.telemetry.of("dead_lettered") == []
    assert await letters(world) == []

    assert await world.reject_message(delivery(), consumer="vitrine.listings", error=BAD, attempts=1)
    assert len(await letters(world)) == 1
