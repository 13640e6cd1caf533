from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.attachment_sets.repository import SetOwners
from domain.attachment_sets.set_owner import SetOwner
from domain.kits.kit import Kit, Kits
from domain.parts.part import Part, Parts

Owner = TypeVar("Owner", bound=SetOwner)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSort(Generic[Owner]):
    """What can have a set: its class, and the port of its repository. Use cases are the same for all."""

    owner: type[Owner]
    repository: type[SetOwners[Owner]]


PARTS = OwnerSort(owner=Part, repository=Parts)
KITS = OwnerSort(owner=Kit, repository=Kits)
