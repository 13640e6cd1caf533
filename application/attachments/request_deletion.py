"""The gatekeeper of deletions: the one place where protection is enforced. Cleaning up is the deletion worker's."""

from dataclasses import dataclass

from application.attachments.entity_types import EntityTypes
from application.dead_letters.discard_letters import discard_media_letters
from application.ports.clock import Clock
from application.ports.log import Log
from application.unit_of_work import UnitOfWorkFactory
from domain.attachments.errors import MediaProtected
from domain.ids import MediaId
from domain.media.access import deletable_by
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDeletionCommand:
    principal: Principal
    media_id: MediaId


class RequestDeletion:
    """From here on nobody can attach the media: reconciling waits for the lock that is held here, and then refuses.
    Repeating it changes nothing, also when the media is gone.

    Raises MediaNotFound, NotPermitted, MediaProtected.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, entity_types: EntityTypes, clock: Clock, log: Log) -> None:
        self._begin = begin
        self._entity_types = entity_types
        self._clock = clock
        self._log = log

    async def __call__(self, command: RequestDeletionCommand) -> None:
        async with self._begin() as tx:
            media = deletable_by(await tx.media.lock(command.media_id), command.media_id, command.principal)
            if not media.is_visible:
                return
            uses = await tx.attachments.of_media(media.id)
            protected = [use for use in uses if self._entity_types.is_protected(use.entity_type)]
            if protected:
                raise MediaProtected(media.id, protected)
            now = self._clock.now()
            media.request_deletion(now=now)
            await tx.media.save(media)
            await discard_media_letters(tx, media.id, by=command.principal.user_id, now=now)
            await tx.commit()
        self._log.info(
            "media.delete_requested", media_id=media.id, store_id=media.store_id, user_id=command.principal.user_id
        )
