"""The deletion worker gives up on a media for now, and says why."""

from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWorkFactory
from domain.attachments.errors import MediaProtected, UnknownEntityType
from domain.errors import DomainError
from domain.ids import MediaId
from domain.media.deletion_failure import DeletionFailure, DeletionFailureCode
from domain.media.media import GOING

_CODES: dict[type[Exception], DeletionFailureCode] = {
    UnknownEntityType: DeletionFailureCode.UNKNOWN_ENTITY_TYPE,
    MediaProtected: DeletionFailureCode.MEDIA_PROTECTED,
}


class FailDeletion:
    """The media stays on its way out, to be used by nobody, until it is tried again: by the sweeper, or by whoever
    replays the dead letter. One that is gone meanwhile is left alone.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, telemetry: Telemetry, log: Log) -> None:
        self._begin = begin
        self._clock = clock
        self._telemetry = telemetry
        self._log = log

    async def __call__(self, media_id: MediaId, error: Exception) -> None:
        failure, now = _failure(error), self._clock.now()
        async with self._begin() as tx:
            media = await tx.media.lock(media_id)
            if media is None or media.status not in GOING or media.deletion_failure == failure:
                return
            media.resume_deletion(now=now)
            media.fail_deletion(failure, now=now)
            await tx.media.save(media)
            await tx.commit()
        self._telemetry.deletion_ended(failure.code.lower())
        self._log.error(
            "media.deletion_failed",
            media_id=media_id,
            store_id=media.store_id,
            code=failure.code,
            detail=failure.detail,
        )


def _failure(error: Exception) -> DeletionFailure:
    """A defect of ours tells its kind: what it says may be secret, and is in the log."""
    code = _CODES.get(type(error), DeletionFailureCode.DETACHMENT_FAILED)
    detail = error.detail if isinstance(error, DomainError) else f"unexpected {type(error).__name__}"
    return DeletionFailure(code=code, detail=detail)
