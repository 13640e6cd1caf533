"""One use of one media by one slot of one entity. Not ownership: a media may be used by many.

The rules of the ledger, which `docs/media_attachment_lifecycle.md` explains:

- One immutable row a usage. It is made and removed, never changed: by `ReconcileAttachments`, in the transaction that
  changes the entity itself, by the deletion worker (`DeleteMedia`), and by the audit where it was told to repair.
- A media may be deleted when nothing uses it, or only what is not protected does. A license is always protected,
  an ad while it lives.
- Protection is enforced by the service (`RequestDeletion`), not by the database; the database's RESTRICT only
  makes sure that a media never disappears from under a usage.
- A media that is on its way out can no longer be attached.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from domain.ids import AttachmentId, MediaId, StoreId

Place: TypeAlias = tuple[str, UUID, UUID]
"""Where a usage stands among those of its media."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """`entity_type` names a slot, such as `product_gallery`. `storage_key` is where the bytes lie."""

    id: AttachmentId
    media_id: MediaId
    entity_type: str
    entity_id: UUID
    store_id: StoreId
    storage_key: str
    created_at: datetime

    @property
    def place(self) -> Place:
        """The fixed order in which the deletion worker goes through the usages of a media."""
        return (self.entity_type, self.entity_id, self.id)
