from dataclasses import dataclass
from typing import ClassVar

from domain.attachment_sets.repository import SetOwners
from domain.attachment_sets.set_owner import OwnerNotFound, SetOwner


class PartNotFound(OwnerNotFound):
    code = "PART_NOT_FOUND"


@dataclass(slots=True, kw_only=True)
class Part(SetOwner):
    """Something that things are built of."""

    noun: ClassVar[str] = "part"
    not_found: ClassVar[type[OwnerNotFound]] = PartNotFound


class Parts(SetOwners[Part]):
    pass
