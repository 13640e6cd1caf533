"""What has exactly one attachment set: made with it, gone with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from domain.errors import NotFound, Rejected
from domain.events import Aggregate
from domain.ids import AttachmentSetId, StoreId
from domain.media.wording import name_violations
from domain.principal import Principal


class OwnerNotFound(NotFound):
    """Unknown, or of another store: nobody can tell which. Each sort of owner has a code of its own."""

    def __init__(self, noun: str, owner_id: UUID) -> None:
        super().__init__(f"there is no {noun} {owner_id} in your store")
        self.owner_id = owner_id


@dataclass(slots=True, kw_only=True)
class SetOwner(Aggregate):
    """`noun` is what people call such a thing."""

    noun: ClassVar[str]
    not_found: ClassVar[type[OwnerNotFound]]

    id: UUID
    store_id: StoreId
    name: str
    attachment_set_id: AttachmentSetId
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(
        cls, *, owner_id: UUID, store_id: StoreId, name: str, attachment_set_id: AttachmentSetId, now: datetime
    ) -> Self:
        """Raises Rejected for a name that cannot be used."""
        violations = list(name_violations("/name", name))
        if violations:
            raise Rejected(f"the {cls.noun} cannot be called that; see errors", violations)
        return cls(
            id=owner_id,
            store_id=store_id,
            name=name,
            attachment_set_id=attachment_set_id,
            created_at=now,
            updated_at=now,
        )

    @classmethod
    def visible_to(cls, owner: Self | None, owner_id: UUID, principal: Principal) -> Self:
        """Raises OwnerNotFound, also for another store's."""
        if owner is None or owner.store_id != principal.store_id:
            raise cls.not_found(cls.noun, owner_id)
        return owner
