"""The deletion worker gives up on a media for now, and says why."""

from datetime import datetime

from application.dead_letters.given_up_on import identity_of, reason_of, stored
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.log import Log
from application.ports.messaging import Delivery
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.attachments.errors import MediaProtected, UnknownEntityType
from domain.dead_letters.dead_letter import DeadLetter
from domain.errors import DomainError
from domain.ids import DeadLetterId, MediaId
from domain.media.deletion_failure import DeletionFailure, DeletionFailureCode
from domain.media.media import GOING, Media

_CODES: dict[type[Exception], DeletionFailureCode] = {
    UnknownEntityType: DeletionFailureCode.UNKNOWN_ENTITY_TYPE,
    MediaProtected: DeletionFailureCode.MEDIA_PROTECTED,
}


class FailDeletion:
    """The media stays on its way out, to be used by nobody, until it is tried again: by the sweeper, or by whoever
    replays its dead letter. There is one letter a media, of the media's store: further failures are counted on it, and
    open it again where it was replayed. False for a media that is gone meanwhile, and where the same was told
    before: nothing happens.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, ids: Ids, telemetry: Telemetry, log: Log) -> None:
        self._begin = begin
        self._clock = clock
        self._ids = ids
        self._telemetry = telemetry
        self._log = log

    async def __call__(
        self, media_id: MediaId, delivery: Delivery, *, consumer: str, error: Exception, attempts: int
    ) -> bool:
        """`delivery` is the call, which `consumer` gives up on; `error` what the last of its `attempts` ended with."""
        failure, now = _failure(error), self._clock.now()
        async with self._begin() as tx:
            media = await tx.media.lock(media_id)
            if media is None or media.status not in GOING or media.deletion_failure == failure:
                return False
            if not await tx.processed_messages.first_time(f"{consumer}.dlq", identity_of(delivery), now=now):
                return False
            media.resume_deletion(now=now)
            media.fail_deletion(failure, now=now)
            await tx.media.save(media)
            is_news = await self._tell(tx, media, delivery, consumer=consumer, error=error, attempts=attempts, now=now)
            await tx.commit()
        self._telemetry.deletion_ended(failure.code.lower())
        if is_news:
            self._telemetry.dead_lettered(delivery.topic)
        self._log.error(
            "media.deletion_failed",
            media_id=media_id,
            store_id=media.store_id,
            code=failure.code,
            detail=failure.detail,
        )
        return True

    async def _tell(
        self,
        tx: UnitOfWork,
        media: Media,
        delivery: Delivery,
        *,
        consumer: str,
        error: Exception,
        attempts: int,
        now: datetime,
    ) -> bool:
        """By its dead letter. True when that begins to wait for a decision."""
        code, detail = reason_of(error)
        letter = await tx.dead_letters.lock_of_deletion(media.id)
        if letter is not None:
            is_news = letter.fail_again(error_code=code, error_detail=detail, attempts=attempts, now=now)
            await tx.dead_letters.save([letter])
            return is_news
        letter = DeadLetter.of_message(
            letter_id=DeadLetterId(self._ids.new()),
            message=stored(delivery),
            consumer=consumer,
            media_id=media.id,
            store_id=media.store_id,
            error_code=code,
            error_detail=detail,
            attempts=attempts,
            now=now,
        )
        await tx.dead_letters.add(letter)
        return True


def _failure(error: Exception) -> DeletionFailure:
    """A defect of ours tells its kind: what it says may be secret, and is in the log."""
    code = _CODES.get(type(error), DeletionFailureCode.DETACHMENT_FAILED)
    detail = error.detail if isinstance(error, DomainError) else f"unexpected {type(error).__name__}"
    return DeletionFailure(code=code, detail=detail)
