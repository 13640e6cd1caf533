"""Lists, single letters, and putting one aside for good."""

import asyncio
from collections.abc import Callable

import pytest

from application.dead_letters.discard_dead_letter import DiscardDeadLetterCommand
from application.dead_letters.get_dead_letter import DeadLetterQuery
from application.dead_letters.list_dead_letters import ListDeadLettersQuery
from domain.dead_letters.dead_letter import DeadLetter, LetterStatus
from domain.dead_letters.errors import DeadLetterNotFound, DeadLetterResolved
from domain.errors import NotPermitted
from domain.ids import DeadLetterId, StoreId
from domain.principal import Principal, Role
from tests.application.dead_letters.dying import ADMIN, OPERATOR, letters
from tests.application.world import PHOTOGRAPHER_PRINCIPAL, World, principal
from tests.builders import IDS, OWNER, build_dead_letter, build_task_letter

STRANGER = principal(OWNER, Role.ADMIN, Role.SERVICE, store=StoreId(IDS.new()))


async def stored(world: World, *found: DeadLetter) -> list[DeadLetterId]:
    async with world.begin() as tx:
        for letter in found:
            await tx.dead_letters.add(letter)
        await tx.commit()
    return [letter.id for letter in found]


async def listed(world: World, *, by: Principal = OPERATOR) -> list[DeadLetterId]:
    query = ListDeadLettersQuery(principal=by, status=None, topic=None, before=None, limit=100)
    return [letter.id for letter in (await world.list_dead_letters(query)).letters]


async def test_pages_lead_from_one_to_the_next(world: World) -> None:
    made = await stored(world, *(build_dead_letter() for _ in range(5)))
    seen, before, sizes = [], None, []
    while True:
        page = await world.list_dead_letters(
            ListDeadLettersQuery(principal=OPERATOR, status=LetterStatus.OPEN, topic=None, before=before, limit=2)
        )
        seen += [letter.id for letter in page.letters]
        sizes.append(len(page.letters))
        before = page.next_before
        if before is None:
            break
    assert (seen, sizes) == (made[::-1], [2, 2, 1])


async def test_each_sees_what_is_his(world: World) -> None:
    stray, ours = await stored(world, build_dead_letter(), build_task_letter())
    assert await listed(world, by=ADMIN) == [ours]
    assert await listed(world, by=OPERATOR) == [ours, stray]
    assert await listed(world, by=STRANGER) == [stray]
    for who in (PHOTOGRAPHER_PRINCIPAL, principal(OWNER, Role.SERVICE)):
        with pytest.raises(NotPermitted):
            await listed(world, by=who)


async def test_a_single_letter_is_shown_to_whom_it_concerns(world: World) -> None:
    letter = build_task_letter()
    await stored(world, letter)
    assert await world.get_dead_letter(DeadLetterQuery(principal=ADMIN, letter_id=letter.id)) == letter
    with pytest.raises(DeadLetterNotFound):
        await world.get_dead_letter(DeadLetterQuery(principal=STRANGER, letter_id=letter.id))
    with pytest.raises(NotPermitted):
        # Whether there is one is nobody's business.
        await world.get_dead_letter(
            DeadLetterQuery(principal=PHOTOGRAPHER_PRINCIPAL, letter_id=DeadLetterId(IDS.new()))
        )


@pytest.mark.parametrize("seed", range(3))
async def test_a_letter_is_discarded_once(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    (letter_id,) = await stored(world, build_task_letter())
    command = DiscardDeadLetterCommand(principal=ADMIN, letter_id=letter_id)

    outcomes = await asyncio.gather(*(world.discard_dead_letter(command) for _ in range(4)), return_exceptions=True)

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, DeadLetterResolved) for outcome in outcomes) == 3
    (letter,) = await letters(world)
    assert (letter.status, letter.resolved_by, letter.resolved_at) == ("DISCARDED", ADMIN.user_id, world.now)
    assert await world.relay_outbox() == 0


async def test_nobody_discards_what_is_not_his(world: World) -> None:
    (letter_id,) = await stored(world, build_task_letter())
    with pytest.raises(DeadLetterNotFound):
        await world.discard_dead_letter(DiscardDeadLetterCommand(principal=STRANGER, letter_id=letter_id))
    with pytest.raises(NotPermitted):
        await world.discard_dead_letter(DiscardDeadLetterCommand(principal=PHOTOGRAPHER_PRINCIPAL, letter_id=letter_id))
