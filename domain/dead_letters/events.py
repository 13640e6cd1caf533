"""Both carry the bytes of somebody else's message, which go out as they are."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.dead_letters.stored_message import StoredMessage
from domain.events import Event
from domain.ids import DeadLetterId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePassedOn(Event):
    letter_id: DeadLetterId
    message: StoredMessage

    @property
    def key(self) -> UUID:
        return self.letter_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRejected(MessagePassedOn):
    """It could not be read, or not be applied. `attempts` counts the tries."""

    type: ClassVar[str] = "vitrine.message.rejected"
    consumer: str
    error_code: str
    error_detail: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReplayed(MessagePassedOn):
    """It goes to its topic again, with its own id: consumers that have dealt with it know it."""

    type: ClassVar[str] = "vitrine.message.replayed"
