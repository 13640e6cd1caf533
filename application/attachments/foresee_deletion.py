"""What the gatekeeper would say, and what the deletion worker would do."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.attachments.entity_types import EntityTypes
from application.attachments.request_deletion import RequestDeletionCommand
from application.unit_of_work import UnitOfWorkFactory
from domain.attachments.attachment import Attachment
from domain.media.access import deletable_by


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionForecast:
    """`blockers` are the protected uses; `detached` those that would end, none where the media may not go."""

    blockers: Sequence[Attachment]
    detached: Sequence[Attachment]

    @property
    def allowed(self) -> bool:
        return not self.blockers


class ForeseeDeletion:
    """Changes nothing. Raises MediaNotFound, NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory, entity_types: EntityTypes) -> None:
        self._begin = begin
        self._entity_types = entity_types

    async def __call__(self, command: RequestDeletionCommand) -> DeletionForecast:
        async with self._begin() as tx:
            media = deletable_by(await tx.media.find(command.media_id), command.media_id, command.principal)
            uses = await tx.attachments.of_media(media.id)
        blockers = [use for use in uses if self._entity_types.is_protected(use.entity_type)]
        return DeletionForecast(blockers=blockers, detached=[] if blockers else uses)
