"""What a dead letter says of the message that was given up on."""

from hashlib import sha256

from application.events.cloud_events import NotACloudEvent, read_cloud_event
from application.ports.messaging import Delivery
from domain.dead_letters.stored_message import StoredMessage
from domain.errors import DomainError

_DEFECT = "INTERNAL_ERROR"
_MOST_VIOLATIONS = 10


def identity_of(delivery: Delivery) -> str:
    """Where it lies and what it is: places come again when a topic is made anew."""
    return f"{delivery.topic} {delivery.place} {sha256(delivery.body).hexdigest()}"


def stored(delivery: Delivery) -> StoredMessage:
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


def reason_of(error: Exception) -> tuple[str, str]:
    """Code and detail. A defect of ours tells its kind: what it says may be secret, and is in the log."""
    if not isinstance(error, DomainError):
        return _DEFECT, f"unexpected {type(error).__name__}"
    found = [f"{item.pointer or '/'} {item.detail} ({item.code})" for item in error.violations[:_MOST_VIOLATIONS]]
    more = len(error.violations) - len(found)
    return error.code, "\n".join([error.detail, *found, *([f"and {more} more"] if more else [])])
