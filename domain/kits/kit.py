from dataclasses import dataclass
from typing import ClassVar

from domain.attachment_sets.repository import SetOwners
from domain.attachment_sets.set_owner import OwnerNotFound, SetOwner


class KitNotFound(OwnerNotFound):
    code = "KIT_NOT_FOUND"


@dataclass(slots=True, kw_only=True)
class Kit(SetOwner):
    """Parts that make something together."""

    noun: ClassVar[str] = "kit"
    not_found: ClassVar[type[OwnerNotFound]] = KitNotFound


class Kits(SetOwners[Kit]):
    pass
