"""Letters that somebody has decided on are forgotten after a time; open ones never."""

from datetime import timedelta

from application.dead_letters.forget_letters import ForgetLetters
from domain.dead_letters.dead_letter import LetterStatus
from tests.application.dead_letters.dying import letters
from tests.application.world import World
from tests.builders import OWNER, build_dead_letter
from tests.contracts.stored import store

KEEP = timedelta(days=90)


async def test_resolved_ones_go_when_their_time_is_over(world: World) -> None:
    waiting = build_dead_letter()
    decided = build_dead_letter(status=LetterStatus.DISCARDED, resolved_at=world.now, resolved_by=OWNER)
    await store(world.begin, waiting, decided)
    forget = ForgetLetters(begin=world.begin, clock=world.clock, keep=KEEP)

    world.clock.advance(KEEP)
    assert await forget() == 0
    world.clock.advance(timedelta(seconds=1))
    assert [await forget(), await forget()] == [1, 0]

    assert [letter.id for letter in await letters(world)] == [waiting.id]
