from domain.errors import Conflict, NotFound
from domain.ids import DeadLetterId


class DeadLetterNotFound(NotFound):
    code = "DEAD_LETTER_NOT_FOUND"

    def __init__(self, letter_id: DeadLetterId) -> None:
        super().__init__(f"there is no dead letter {letter_id} that you may see")
        self.letter_id = letter_id


class DeadLetterResolved(Conflict):
    code = "DEAD_LETTER_RESOLVED"

    def __init__(self, letter_id: DeadLetterId, status: str) -> None:
        super().__init__(f"dead letter {letter_id} is {status} already")
        self.letter_id = letter_id
        self.status = status


class DeadLetterNotReplayable(Conflict):
    """It can only be discarded."""

    code = "DEAD_LETTER_NOT_REPLAYABLE"

    def __init__(self, letter_id: DeadLetterId, why: str) -> None:
        super().__init__(f"dead letter {letter_id} cannot be replayed: {why}; discard it")
        self.letter_id = letter_id
