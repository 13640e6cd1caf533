"""A message that cannot be read, or not be applied, is put aside with its bytes, so that it blocks nobody."""

from hashlib import sha256

from application.events.cloud_events import NotACloudEvent, read_cloud_event
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.messaging import Delivery
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWorkFactory
from domain.dead_letters.dead_letter import DeadLetter
from domain.dead_letters.stored_message import StoredMessage
from domain.errors import DomainError
from domain.ids import DeadLetterId

_DEFECT = "INTERNAL_ERROR"
_MOST_VIOLATIONS = 10


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
        code, detail = _reason(error)
        letter = DeadLetter.of_message(
            letter_id=DeadLetterId(self._ids.new()),
            message=_kept(delivery),
            consumer=consumer,
            error_code=code,
            error_detail=detail,
            attempts=attempts,
            now=now,
        )
        async with self._begin() as tx:
            # Apart from what the consumer itself has noted: replayed, the message must find nothing there.
            if not await tx.processed_messages.first_time(f"{consumer}.dlq", _identity(delivery), now=now):
                return False
            await tx.dead_letters.add(letter)
            await tx.commit()
        self._telemetry.dead_lettered(delivery.topic)
        return True


def _identity(delivery: Delivery) -> str:
    """Where it lies and what it is: places come again when a topic is made anew."""
    return f"{delivery.topic} {delivery.place} {sha256(delivery.body).hexdigest()}"


def _kept(delivery: Delivery) -> StoredMessage:
    id_, type_ = None, None
    try:
        event = read_cloud_event(delivery)
        id_, type_ = event.id, event.type
    except NotACloudEvent:
        pass  # it need not be one: it is a dead letter
    return StoredMessage.keep(
        topic=delivery.topic,
        place=delivery.place,
        key=delivery.key,
        headers=delivery.headers,
        body=delivery.body,
        id=id_,
        type=type_,
    )


def _reason(error: Exception) -> tuple[str, str]:
    """A defect of ours tells its kind: what it says may be secret, and is in the log."""
    if not isinstance(error, DomainError):
        return _DEFECT, f"unexpected {type(error).__name__}"
    found = [f"{item.pointer or '/'} {item.detail} ({item.code})" for item in error.violations[:_MOST_VIOLATIONS]]
    more = len(error.violations) - len(found)
    return error.code, "\n".join([error.detail, *found, *([f"and {more} more"] if more else [])])
