from datetime import timedelta

from application.events.forget_processed import ForgetProcessed
from tests.application.world import World


async def test_notes_are_kept_for_a_while_and_then_forgotten(world: World) -> None:
    forget = ForgetProcessed(begin=world.begin, clock=world.clock, keep=timedelta(days=30))

    async def note() -> bool:
        async with world.begin() as tx:
            first = await tx.processed_messages.first_time("consumer", "1", now=world.now)
            await tx.commit()
        return first

    assert await note()
    world.clock.advance(timedelta(days=30))
    assert await forget() == 0
    assert not await note()

    world.clock.advance(timedelta(seconds=1))

    assert [await forget(), await forget()] == [1, 0]
    assert await note()
