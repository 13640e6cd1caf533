"""What was given up on is tried again: a message goes to its topic, a task's batch or media is processed again, a media
is deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.batches.retry_batch import run_again
from application.dead_letters.scope import find_letter, lock_letter
from application.media.derivative_planner import DerivativePlanner
from application.ports.clock import Clock
from application.ports.telemetry import Telemetry
from application.processing.plan import RunPlanner
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.batches.batch import IN_FLIGHT, Batch, BatchStatus
from domain.batches.errors import BatchInFlight
from domain.dead_letters.dead_letter import DeadLetter, LetterKind
from domain.dead_letters.errors import DeadLetterNotReplayable
from domain.ids import DeadLetterId, JobId, MediaId
from domain.media.media import GOING, Media, MediaStatus
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDeadLetterCommand:
    principal: Principal
    letter_id: DeadLetterId


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """`job_id` is the new run of a batch, which takes all its failed files: so all its `letters` are replayed. None
    when it was about something else.
    """

    letters: Sequence[DeadLetterId]
    job_id: JobId | None


class ReplayDeadLetter:
    """Raises DeadLetterNotFound, NotPermitted, DeadLetterResolved, DeadLetterNotReplayable, BatchInFlight."""

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        planner: RunPlanner,
        derivatives: DerivativePlanner,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._begin = begin
        self._planner = planner
        self._derivatives = derivatives
        self._clock = clock
        self._telemetry = telemetry

    async def __call__(self, command: ReplayDeadLetterCommand) -> Replay:
        now = self._clock.now()
        async with self._begin() as tx:
            letter = await find_letter(tx, command.principal, command.letter_id)
            if letter.media_id is None:
                again = self._send_again if letter.kind is LetterKind.MESSAGE else self._run_again
                replay = await again(tx, letter, command.principal, now)
            else:
                end_or_derive = self._delete_again if letter.is_about_deletion else self._derive_again
                replay = await end_or_derive(tx, letter, letter.media_id, command.principal, now)
            await tx.commit()
        if replay.job_id is not None:
            self._telemetry.reprocess_requested()
        return replay

    async def _send_again(self, tx: UnitOfWork, seen: DeadLetter, principal: Principal, now: datetime) -> Replay:
        letter = await lock_letter(tx, seen)
        letter.replay(by=principal.user_id, now=now)
        await tx.dead_letters.save([letter])
        return Replay(letters=[letter.id], job_id=None)

    async def _delete_again(
        self, tx: UnitOfWork, seen: DeadLetter, media_id: MediaId, principal: Principal, now: datetime
    ) -> Replay:
        locked = await tx.media.lock(media_id)
        letter = await lock_letter(tx, seen)
        letter.replay(by=principal.user_id, now=now)
        media = _going(locked, letter)
        media.call_deletion_worker(now=now)
        await tx.media.save(media)
        await tx.dead_letters.save([letter])
        return Replay(letters=[letter.id], job_id=None)

    async def _run_again(self, tx: UnitOfWork, seen: DeadLetter, principal: Principal, now: datetime) -> Replay:
        locked = await tx.batches.lock(seen.batch_id) if seen.batch_id else None
        letter = await lock_letter(tx, seen)
        letter.require_open()
        batch = _failed(locked, letter)
        assets = await tx.assets.of_batch(batch.id)
        rerun = await run_again(tx, self._planner, batch, assets, by=principal.user_id, now=now)
        return Replay(letters=[replayed.id for replayed in rerun.letters], job_id=rerun.job.id)

    async def _derive_again(
        self, tx: UnitOfWork, seen: DeadLetter, media_id: MediaId, principal: Principal, now: datetime
    ) -> Replay:
        locked = await tx.media.lock(media_id)
        letter = await lock_letter(tx, seen)
        letter.require_open()
        media = _failed_media(locked, letter)
        media.retry(now=now)
        await tx.media.save(media)
        await self._derivatives.schedule(tx, media, now=now)
        letter.replay(by=principal.user_id, now=now)
        await tx.dead_letters.save([letter])
        return Replay(letters=[letter.id], job_id=None)


def _failed_media(media: Media | None, letter: DeadLetter) -> Media:
    """The media of a dead task, if it still wants its renditions."""
    if media is None or media.status is not MediaStatus.FAILED:
        raise DeadLetterNotReplayable(letter.id, f"its media is {media.status if media else 'unknown'}")
    return media


def _going(media: Media | None, letter: DeadLetter) -> Media:
    """The media of a deletion, if it is still there."""
    if media is None or media.status not in GOING:
        raise DeadLetterNotReplayable(letter.id, f"its media is {media.status if media else 'unknown'}")
    return media


def _failed(batch: Batch | None, letter: DeadLetter) -> Batch:
    """The batch of a dead task, if there is something left to process again."""
    if batch is None:
        raise DeadLetterNotReplayable(letter.id, "its batch was deleted")
    if batch.status in IN_FLIGHT:
        raise BatchInFlight(batch.id, batch.status)
    if batch.status is not BatchStatus.FAILED:
        raise DeadLetterNotReplayable(letter.id, f"its batch is {batch.status}")
    return batch
