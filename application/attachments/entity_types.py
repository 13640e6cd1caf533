"""What consumers register: the slots of their entities that use media."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.attachments.errors import UnknownEntityType
from domain.ids import MediaId, StoreId

Detach: TypeAlias = Callable[[UnitOfWork, Attachment, datetime], Awaitable[None]]
"""Locks the entity, takes the media out of the slot and saves it, in the transaction that it is given. An entity that
is gone, or does not refer to the media any more, is a success.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What an entity itself says: that it uses a media."""

    entity_id: UUID
    store_id: StoreId
    media_id: MediaId


class References(Protocol):
    """Asks the entities of one type which media they use, for whoever compares that with the ledger."""

    @abstractmethod
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        """Nothing for an entity that is gone. Locks the entity."""

    @abstractmethod
    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        """Of the first `limit` entities behind `after` that refer to something, by entity id, all references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityType:
    """One slot, such as `product_gallery`. `owner` is the coarse name of the entity, an alias for all of its slots.
    What is `protected` keeps its media from being deleted.
    """

    name: str
    owner: str
    protected: bool
    detach: Detach
    references: References


class EntityTypes:
    """All that are registered. Slots have names of their own: none is that of an owner with further slots."""

    def __init__(self, entity_types: Iterable[EntityType]) -> None:
        self._by_name: dict[str, EntityType] = {}
        self._by_owner: dict[str, list[EntityType]] = {}
        for entity_type in entity_types:
            if entity_type.name in self._by_name:
                raise ValueError(f"the entity type {entity_type.name!r} is registered twice")
            self._by_name[entity_type.name] = entity_type
            self._by_owner.setdefault(entity_type.owner, []).append(entity_type)
        for owner, slots in self._by_owner.items():
            if owner in self._by_name and slots != [self._by_name[owner]]:
                raise ValueError(f"{owner!r} would be one slot and all slots of an owner")

    def __iter__(self) -> Iterator[EntityType]:
        return iter(self._by_name.values())

    def slots(self, name: str) -> Sequence[EntityType]:
        """The one of that name, or all of that owner. Raises UnknownEntityType."""
        if name in self._by_name:
            return [self._by_name[name]]
        if name in self._by_owner:
            return self._by_owner[name]
        raise UnknownEntityType(name)

    def is_protected(self, name: str) -> bool:
        """A coarse name is protected when any of its slots is. So is what nobody has registered: whoever made that
        usage may know better.
        """
        try:
            return any(slot.protected for slot in self.slots(name))
        except UnknownEntityType:
            return True

    async def detach(self, tx: UnitOfWork, attachment: Attachment, *, now: datetime) -> None:
        """Hand it to its consumer. Raises UnknownEntityType."""
        for slot in self.slots(attachment.entity_type):
            await slot.detach(tx, attachment, now)
