"""Parts and kits as the API shows them: the operations are the same, their names and words are not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from application.attachment_sets.get_owner import ShownOwner
from application.attachment_sets.list_owners import OwnerPage
from application.attachment_sets.owner_sort import KITS, PARTS, OwnerSort
from domain.attachment_sets.set_owner import SetOwner
from domain.kits.kit import Kit
from domain.parts.part import Part
from entrypoints.http.set_owners import examples
from entrypoints.http.set_owners.responses import kit_body, kit_page_body, part_body, part_page_body

Owner = TypeVar("Owner", bound=SetOwner)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerApi(Generic[Owner]):
    """`plural` is what the path ends in. `shown` and `listed` are examples of what `body` and `page` make."""

    sort: OwnerSort[Owner]
    plural: str
    body: Callable[[ShownOwner[Owner]], msgspec.Struct]
    page: Callable[[OwnerPage[Owner]], msgspec.Struct]
    shown: msgspec.Struct
    listed: msgspec.Struct

    @property
    def noun(self) -> str:
        return self.sort.owner.noun

    @property
    def not_found(self) -> str:
        """The code of its absence."""
        return self.sort.owner.not_found.code

    @property
    def id_name(self) -> str:
        return f"{self.noun}_id"

    @property
    def one(self) -> str:
        """The path of one of them, below that of all."""
        return f"/{{{self.id_name}:uuid}}"


PART_API: OwnerApi[Part] = OwnerApi(
    sort=PARTS,
    plural="parts",
    body=part_body,
    page=part_page_body,
    shown=examples.PART,
    listed=examples.PARTS,
)
KIT_API: OwnerApi[Kit] = OwnerApi(
    sort=KITS,
    plural="kits",
    body=kit_body,
    page=kit_page_body,
    shown=examples.KIT,
    listed=examples.KITS,
)
