"""Batches with files that nobody can process, and messages that nobody can read."""

from typing import Any

from application.dead_letters.list_dead_letters import ListDeadLettersQuery
from application.ports.messaging import Delivery
from domain.assets.failure import FailureCode, MediaRejected
from domain.dead_letters.dead_letter import DeadLetter
from domain.ids import BatchId
from domain.principal import Principal, Role
from tests.application.uploads import photos
from tests.application.world import World, principal
from tests.builders import OWNER

ADMIN = principal(OWNER, Role.ADMIN)
OPERATOR = principal(OWNER, Role.ADMIN, Role.SERVICE)


def crash(world: World, *names: str) -> None:
    """From now on, whoever decodes these files dies of it."""

    async def before(body: bytes) -> None:
        if any(body.endswith(name.encode()) for name in names):
            raise MediaRejected(FailureCode.DECODER_CRASHED, "bad chunk 'a\0b\udcff'")

    world.processor.before = before


async def dead_batch(world: World, *names: str, dying: tuple[str, ...] = ("two",), reference: str = "shoot") -> BatchId:
    """Some of its files have used up their attempts, the others are processed."""
    crash(world, *dying)
    batch_id = await world.receive(photos(*(names or ("one", "two"))), reference=reference)
    await world.work_through_retries()
    crash(world)
    return batch_id


async def letters(world: World, *, by: Principal = OPERATOR) -> list[DeadLetter]:
    """All that `by` may see, oldest first."""
    page = await world.list_dead_letters(
        ListDeadLettersQuery(principal=by, status=None, topic=None, before=None, limit=100)
    )
    assert page.next_before is None
    async with world.begin() as tx:
        found = [await tx.dead_letters.find(summary.id) for summary in reversed(page.letters)]
    return [letter for letter in found if letter is not None]


async def only_letter(world: World) -> DeadLetter:
    (letter,) = await letters(world)
    return letter


def delivery(**changes: Any) -> Delivery:
    told: dict[str, Any] = {
        "topic": "vitrine.listings.v1",
        "place": "3/141",
        "key": b"listing-7",
        "headers": {
            "ce_specversion": b"1.0",
            "ce_id": b"fact-7",
            "ce_source": b"/marketplace",
            "ce_type": b"marketplace.listing.changed",
            "content-type": b"application/json",
            "traceparent": b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
        "body": b'{"half": \x00\xff',
    }
    return Delivery(**(told | changes))


NASTY = [
    delivery(headers={}, key=None, body=b""),
    delivery(headers={"ce_id": b"\xff\xfe", "\udcff": b"\0"}, key=b"\0\xff"),
    delivery(headers={"content-type": b"application/cloudevents+json"}, body=b'{"specversion": "1.0", "id": "\\ud800"'),
    delivery(
        headers={"content-type": b"application/cloudevents+json"},
        body=b'{"specversion": "1.0", "id": "\\ud800", "source": "x", "type": "\\ud800"}',
    ),
    delivery(headers={"content-type": b"application/cloudevents+json"}, body=b"[" * 100_000),
    delivery(body=bytes(3 << 20)),
    delivery(headers={f"h{number}": bytes(1000) for number in range(1000)}),
]
