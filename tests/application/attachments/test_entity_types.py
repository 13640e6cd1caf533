"""The registry of slots: names lead to one, owners to all of theirs, and nothing else leads anywhere."""

from datetime import datetime
from pathlib import Path

import pytest

from application.attachments.entity_types import EntityType, EntityTypes
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.attachments.errors import UnknownEntityType
from tests.application.world import World
from tests.builders import NOW, build_attachment, ready_media
from tests.ledger import NoReferences


class Detachments:
    """Slots that keep what they were handed."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Attachment, datetime]] = []

    def slot(self, name: str, owner: str, *, protected: bool = False) -> EntityType:
        async def detach(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
            self.seen.append((name, attachment, now))

        return EntityType(name=name, owner=owner, protected=protected, detach=detach, references=NoReferences())


@pytest.fixture
def detachments() -> Detachments:
    return Detachments()


@pytest.fixture
def registry(detachments: Detachments) -> EntityTypes:
    slot = detachments.slot
    return EntityTypes(
        [
            slot("product_gallery", "product"),
            slot("product_coa", "product"),
            slot("license", "license", protected=True),
            slot("event_poster", "event"),
            slot("event_permit", "event", protected=True),
        ]
    )


def test_a_name_leads_to_its_slot_and_an_owner_to_all_of_its_slots(registry: EntityTypes) -> None:
    assert [slot.name for slot in registry.slots("product_coa")] == ["product_coa"]
    assert [slot.name for slot in registry.slots("product")] == ["product_gallery", "product_coa"]
    assert [slot.name for slot in registry.slots("license")] == ["license"]
    assert [slot.name for slot in registry] == [
        "product_gallery",
        "product_coa",
        "license",
        "event_poster",
        "event_permit",
    ]


@pytest.mark.parametrize("name", ["prodcut", "Product", "product_", "", "licenses"])
async def test_what_nobody_has_registered_is_refused_and_protects(registry: EntityTypes, name: str) -> None:
    with pytest.raises(UnknownEntityType) as refused:
        registry.slots(name)

    assert refused.value.name == name
    assert registry.is_protected(name)


@pytest.mark.parametrize(
    ("name", "protected"),
    [
        ("license", True),
        ("product", False),
        ("product_gallery", False),
        ("event", True),
        ("event_poster", False),
        ("event_permit", True),
    ],
)
def test_an_owner_is_protected_when_any_of_its_slots_is(registry: EntityTypes, name: str, protected: bool) -> None:
    assert registry.is_protected(name) == protected


def test_a_slot_is_registered_once(detachments: Detachments) -> None:
    with pytest.raises(ValueError, match="'ad' is registered twice"):
        EntityTypes([detachments.slot("ad", "ad_creative"), detachments.slot("ad", "campaign")])


@pytest.mark.parametrize("slots", [[("product", "shop"), ("coa", "product")], [("store", "store"), ("logo", "store")]])
def test_no_name_means_one_slot_and_all_slots_of_an_owner(
    detachments: Detachments, slots: list[tuple[str, str]]
) -> None:
    with pytest.raises(ValueError, match="one slot and all slots"):
        EntityTypes([detachments.slot(name, owner) for name, owner in slots])


@pytest.mark.parametrize(
    ("entity_type", "handed_to"),
    [("product_coa", ["product_coa"]), ("product", ["product_gallery", "product_coa"]), ("license", ["license"])],
)
async def test_a_usage_is_handed_to_the_slots_that_it_names(
    registry: EntityTypes, detachments: Detachments, tmp_path: Path, entity_type: str, handed_to: list[str]
) -> None:
    usage = build_attachment(ready_media(), entity_type=entity_type)
    async with World(tmp_path).begin() as tx:
        await registry.detach(tx, usage, now=NOW)

    assert detachments.seen == [(name, usage, NOW) for name in handed_to]


async def test_a_usage_of_an_unknown_type_is_handed_to_nobody(
    registry: EntityTypes, detachments: Detachments, tmp_path: Path
) -> None:
    async with World(tmp_path).begin() as tx:
        with pytest.raises(UnknownEntityType):
            await registry.detach(tx, build_attachment(ready_media(), entity_type="poster"), now=NOW)

    assert detachments.seen == []
