"""Attachment sets. Each belongs to one part or one kit, which brings it along."""

from collections.abc import Iterator

from domain.attachment_sets.attachment_set import MOST_ATTACHMENTS
from entrypoints.seeding.context import Context
from entrypoints.seeding.entry import Entry, Key
from entrypoints.seeding.material import Flaw, Material

_OWNERS = ("parts", "kits")


class AttachmentSetEntry(Entry, frozen=True):
    """`cover` is one of its attachments; the first image when left out."""

    cover: Key | None = None


def _rules(entry: AttachmentSetEntry, material: Material) -> Iterator[Flaw]:
    yield from _owner_flaws(entry, material)
    attachments = material.entries.get("attachments", ())
    for each in attachments:
        if entry.cover is not None and each.get("key") == entry.cover and each.get("attachmentSet") != entry.key:
            yield Flaw(
                "cover", f'attachment "{entry.cover}" is in the set "{each.get("attachmentSet")}", not in this one'
            )
    size = sum(each.get("attachmentSet") == entry.key for each in attachments)
    if size > MOST_ATTACHMENTS:
        yield Flaw("", f"a set has at most {MOST_ATTACHMENTS} attachments; this has {size}")


def _owner_flaws(entry: AttachmentSetEntry, material: Material) -> Iterator[Flaw]:
    owners = [
        f'"{owner.get("key")}" of {name}.json'
        for name in _OWNERS
        for owner in material.entries.get(name, ())
        if owner.get("attachmentSet") == entry.key
    ]
    if len(owners) > 1:
        yield Flaw("", f"{' and '.join(owners)} have this set: each belongs to one")
    if not owners and all(name in material.entries for name in _OWNERS):
        yield Flaw("", "no part and no kit has this set: each belongs to one")


ATTACHMENT_SETS = Context(
    name="attachment_sets",
    entry=AttachmentSetEntry,
    loader=None,
    references={"cover": "attachments"},
    rules=_rules,
)
