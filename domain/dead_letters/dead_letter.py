"""What was given up on, kept until a person decides: a task whose attempts are spent, or a message that could not be
taken.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.assets.failure import Failure
from domain.dead_letters.errors import DeadLetterNotReplayable, DeadLetterResolved
from domain.dead_letters.events import MessageRejected, MessageReplayed
from domain.dead_letters.stored_message import StoredMessage, storable
from domain.events import Aggregate
from domain.ids import AssetId, BatchId, DeadLetterId, JobId, ListingId, MediaId, StoreId, TaskId, UserId
from domain.jobs.task import Task
from domain.state_machine import StateMachine

_MOST_CODE = 100
_MOST_DETAIL = 2_000


class LetterKind(StrEnum):
    TASK = "TASK"
    MESSAGE = "MESSAGE"


class LetterStatus(StrEnum):
    OPEN = "OPEN"
    REPLAYED = "REPLAYED"
    DISCARDED = "DISCARDED"


LETTER_LIFECYCLE = StateMachine(
    "dead letter",
    {
        LetterStatus.OPEN: frozenset({LetterStatus.REPLAYED, LetterStatus.DISCARDED}),
        # Of deletions alone, which have one letter a media.
        LetterStatus.REPLAYED: frozenset({LetterStatus.OPEN}),
        LetterStatus.DISCARDED: frozenset({LetterStatus.REPLAYED}),
    },
)


@dataclass(slots=True, kw_only=True)
class DeadLetter(Aggregate):
    """`message` is the one that arrived, or the pointer to the task. A message belongs to no store, as what it says of
    itself proves nothing, unless it called for the deletion of a media that we know. `consumer` is who gave up on it,
    "" for a task. `resolved_by` is None while OPEN, and where it has resolved itself.
    """

    id: DeadLetterId
    kind: LetterKind
    message: StoredMessage
    consumer: str = ""
    task_id: TaskId | None = None
    asset_id: AssetId | None = None
    batch_id: BatchId | None = None
    job_id: JobId | None = None
    listing_id: ListingId | None = None
    media_id: MediaId | None = None
    store_id: StoreId | None = None
    error_code: str
    error_detail: str
    attempts: int
    status: LetterStatus = LetterStatus.OPEN
    created_at: datetime
    resolved_at: datetime | None = None
    resolved_by: UserId | None = None

    @classmethod
    def of_task(
        cls,
        *,
        letter_id: DeadLetterId,
        task: Task,
        failure: Failure,
        pointer: StoredMessage,
        store_id: StoreId | None,
        now: datetime,
    ) -> "DeadLetter":
        """No event goes with it: the task has recorded that it died."""
        ids = task.work.ids
        return cls(
            id=letter_id,
            kind=LetterKind.TASK,
            message=pointer,
            task_id=task.id,
            asset_id=ids["asset_id"],
            batch_id=ids["batch_id"],
            job_id=ids["job_id"],
            listing_id=ids["listing_id"],
            media_id=ids["media_id"],
            store_id=store_id,
            error_code=failure.code,
            error_detail=storable(failure.detail, at_most=_MOST_DETAIL),
            attempts=task.attempt,
            created_at=now,
        )

    @classmethod
    def of_message(
        cls,
        *,
        letter_id: DeadLetterId,
        message: StoredMessage,
        consumer: str,
        error_code: str,
        error_detail: str,
        attempts: int,
        now: datetime,
        media_id: MediaId | None = None,
        store_id: StoreId | None = None,
    ) -> "DeadLetter":
        """Media and its store where it is about a deletion."""
        letter = cls(
            id=letter_id,
            kind=LetterKind.MESSAGE,
            message=message,
            consumer=consumer,
            media_id=media_id,
            store_id=store_id,
            error_code=storable(error_code, at_most=_MOST_CODE),
            error_detail=storable(error_detail, at_most=_MOST_DETAIL),
            attempts=attempts,
            created_at=now,
        )
        letter._record_rejection(now)
        return letter

    @property
    def is_about_deletion(self) -> bool:
        """It tells why a media that ought to be deleted is still there."""
        return self.kind is LetterKind.MESSAGE and self.media_id is not None

    def require_open(self) -> None:
        """Raise DeadLetterResolved when somebody has decided already."""
        if self.status is not LetterStatus.OPEN:
            raise DeadLetterResolved(self.id, self.status)

    def replay(self, *, by: UserId, now: datetime) -> None:
        """A message goes to its topic again; of a task, its batch has begun a new run, or its media has a new
        task; of a deletion, the worker is called. Raises DeadLetterResolved, DeadLetterNotReplayable.
        """
        if self.is_about_deletion:
            self._replay_deletion(by, now)
            return
        self.require_open()
        if self.message.truncated:
            raise DeadLetterNotReplayable(self.id, "it was too large to be kept whole")
        self._resolve(LetterStatus.REPLAYED, by, now)
        if self.kind is LetterKind.MESSAGE:
            self.record(MessageReplayed(letter_id=self.id, message=self.message, occurred_at=now))

    def discard(self, *, by: UserId, now: datetime) -> None:
        """Nothing more is done about it. Raises DeadLetterResolved."""
        self.require_open()
        self._resolve(LetterStatus.DISCARDED, by, now)

    def fail_again(self, *, error_code: str, error_detail: str, attempts: int, now: datetime) -> bool:
        """The deletion has failed once more: that is counted, and opens a letter that was replayed. One that was
        discarded is left alone. True when it waits for a decision that it did not wait for before.
        """
        if self.status is LetterStatus.DISCARDED:
            return False
        self.error_code = storable(error_code, at_most=_MOST_CODE)
        self.error_detail = storable(error_detail, at_most=_MOST_DETAIL)
        self.attempts += attempts
        if self.status is LetterStatus.OPEN:
            return False
        self.status = LETTER_LIFECYCLE.move(self.status, LetterStatus.OPEN)
        self.resolved_at = self.resolved_by = None
        self._record_rejection(now)
        return True

    def settle(self, *, now: datetime) -> None:
        """The media is deleted after all: nobody need decide any more."""
        if self.status is not LetterStatus.REPLAYED:
            self._resolve(LetterStatus.REPLAYED, None, now)

    def _replay_deletion(self, by: UserId, now: datetime) -> None:
        """One that was discarded too: nothing else would ever end that media."""
        if self.status is LetterStatus.REPLAYED:
            raise DeadLetterResolved(self.id, self.status)
        self._resolve(LetterStatus.REPLAYED, by, now)

    def _resolve(self, status: LetterStatus, by: UserId | None, now: datetime) -> None:
        self.status = LETTER_LIFECYCLE.move(self.status, status)
        self.resolved_at, self.resolved_by = now, by

    def _record_rejection(self, now: datetime) -> None:
        self.record(
            MessageRejected(
                letter_id=self.id,
                message=self.message,
                consumer=self.consumer,
                error_code=self.error_code,
                error_detail=self.error_detail,
                attempts=self.attempts,
                occurred_at=now,
            )
        )
