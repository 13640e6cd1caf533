from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from uuid import UUID

from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment
from application.attachment_sets.owner_sort import OwnerSort
from application.attachment_sets.scope import find_attachment, lock_set
from application.attachment_sets.set_keeper import SetKeeper
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.errors import AttachmentBeingFetched, require_manager
from domain.attachment_sets.set_attachment import AttachmentType, FetchStatus
from domain.attachment_sets.set_owner import SetOwner
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.principal import Principal

Owner = TypeVar("Owner", bound=SetOwner)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAttachmentCommand:
    """`attachment_id` is one of any part or kit of the store, `owner_id` who gets the copy."""

    principal: Principal
    owner_id: UUID
    attachment_id: SetAttachmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedAttachment:
    """Where it is now."""

    set_id: AttachmentSetId
    shown: ShownAttachment


class CopyAttachment(Generic[Owner]):
    """Its bytes are not copied: both use one media. An address whose preview is on its way out is copied without it.

    Raises NotPermitted, OwnerNotFound, AttachmentNotFound, AttachmentBeingFetched, AttachmentSetFull,
    MediaNotAttachable.
    """

    def __init__(
        self,
        *,
        sort: OwnerSort[Owner],
        begin: UnitOfWorkFactory,
        keeper: SetKeeper,
        links: AttachmentLinks,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._sort = sort
        self._begin = begin
        self._keeper = keeper
        self._links = links
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: CopyAttachmentCommand) -> CopiedAttachment:
        principal = command.principal
        require_manager(principal)
        now = self._clock.now()
        async with self._begin() as tx:
            owner = self._sort.owner.visible_to(
                await tx.repository(self._sort.repository).lock(command.owner_id), command.owner_id, principal
            )
            original = await find_attachment(tx, command.attachment_id, principal)
            if original.fetch is FetchStatus.FETCHING:
                raise AttachmentBeingFetched(original.id)
            attachment_set = await lock_set(tx, owner.attachment_set_id, principal)
            before = attachment_set.attachments
            media = await tx.media.find(original.media_id) if original.media_id else None
            if original.type is AttachmentType.URL and media is not None and not media.is_attachable:
                original, media = replace(original, media_id=None), None
            copy = replace(original, id=SetAttachmentId(self._ids.new()), user_id=principal.user_id, created_at=now)
            cover = attachment_set.add(copy, now=now)
            await self._keeper.save(tx, attachment_set, before=before)
            await tx.commit()
        self._keeper.created(copy, cover)
        return CopiedAttachment(set_id=attachment_set.id, shown=self._links.shown(copy, media, principal))
