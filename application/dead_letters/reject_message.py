"""A message that cannot be read, or not be applied, is put aside with its bytes, so that it blocks nobody."""

from application.dead_letters.given_up_on import identity_of, reason_of, stored
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.messaging import Delivery
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWorkFactory
from domain.dead_letters.dead_letter import DeadLetter
from domain.ids import DeadLetterId


class RejectMessage:
    """Stores a dead letter and passes the message on to `<topic>.dlq`, in one transaction. False when this consumer has
    done so before: a message that arrives twice makes one letter.

    Raises Unavailable: then the message must not be taken for done.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, ids: Ids, telemetry: Telemetry) -> None:
        self._begin = begin
        self._clock = clock
        self._ids = ids
        self._telemetry = telemetry

    async def __call__(self, delivery: Delivery, *, consumer: str, error: Exception, attempts: int) -> bool:
        """`consumer` is the group that gives up on it, `error` what the last of its `attempts` ended with."""
        now = self._clock.now()
        code, detail = reason_of(error)
        letter = DeadLetter.of_message(
            letter_id=DeadLetterId(self._ids.new()),
            message=stored(delivery),
            consumer=consumer,
            error_code=code,
            error_detail=detail,
            attempts=attempts,
            now=now,
        )
        async with self._begin() as tx:
            # Apart from what the consumer itself has noted: replayed, the message must find nothing there.
            if not await tx.processed_messages.first_time(f"{consumer}.dlq", identity_of(delivery), now=now):
                return False
            await tx.dead_letters.add(letter)
            await tx.commit()
        self._telemetry.dead_lettered(delivery.topic)
        return True
