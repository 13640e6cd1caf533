"""How a set and the media that its attachments use change together."""

from collections.abc import Sequence

from application.attachment_sets.slots import usage_changes
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWork
from domain.attachment_sets.attachment_set import AttachmentSet, CoverChange, Removed
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_attachment import SetAttachment
from domain.media.suitability import NewUse


class SetKeeper:
    """Brings the ledger along, in the transaction that has locked the set."""

    def __init__(self, *, reconcile: ReconcileAttachments, telemetry: Telemetry) -> None:
        self._reconcile = reconcile
        self._telemetry = telemetry

    async def save(
        self,
        tx: UnitOfWork,
        attachment_set: AttachmentSet,
        *,
        before: Sequence[SetAttachment],
        uses: Sequence[NewUse] = (),
    ) -> None:
        """`uses` say where the request names media. Raises MediaNotAttachable, ConcurrentUpdate."""
        changes = usage_changes(attachment_set, before, attachment_set.attachments)
        if changes:
            await self._reconcile(tx, *changes, uses=uses)
        await tx.repository(AttachmentSets).save(attachment_set)

    async def release_all(self, tx: UnitOfWork, attachment_set: AttachmentSet) -> None:
        """The set itself is removed next."""
        changes = usage_changes(attachment_set, attachment_set.attachments, ())
        if changes:
            await self._reconcile(tx, *changes)

    def created(self, attachment: SetAttachment, cover: CoverChange | None) -> None:
        """After the commit, here and below."""
        self._telemetry.attachment_created(attachment.type)
        self.cover_changed(cover)

    def deleted(self, removed: Removed) -> None:
        self._telemetry.attachment_deleted(removed.attachment.type, was_cover=removed.cover is not None)
        self.cover_changed(removed.cover)

    def all_deleted(self, attachment_set: AttachmentSet) -> None:
        """With the set; nobody chose another cover."""
        for attachment in attachment_set.attachments:
            self._telemetry.attachment_deleted(attachment.type, was_cover=attachment.id == attachment_set.cover_id)

    def cover_changed(self, change: CoverChange | None) -> None:
        if change is not None:
            self._telemetry.cover_changed(change)
