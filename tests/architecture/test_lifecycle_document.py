"""The document of the ledger's rules says what the code does (PF-130)."""

import ast
import re

from domain.media.media import ATTACHABLE, MEDIA_LIFECYCLE, VISIBLE, MediaStatus
from entrypoints.media_consumers.media_consumer import registered_types
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.architecture.imports import ROOT, modules_of

DOCUMENT = (ROOT / "docs" / "media_attachment_lifecycle.md").read_text(encoding="utf-8")
YES = {"yes": True, "always": True, "no": False}


def cells(section: str) -> list[list[str]]:
    """The rows of the tables below a heading, without their ticks."""
    _, _, text = DOCUMENT.partition(f"\n## {section}\n")
    rows = re.findall(r"^\| (`.+) \|$", text.partition("\n## ")[0], re.MULTILINE)
    return [[cell.strip().strip("`") for cell in row.split("|")] for row in rows]


def test_it_names_every_slot_with_its_owner_and_whether_it_is_protected() -> None:
    written = {(name, owner, YES[protected]) for name, owner, protected, *_ in cells("Slots")}

    registered = registered_types(MEDIA_CONSUMERS)
    assert written == {(each.name, each.owner, each.protected) for each in registered}
    assert ("license", "license", True) in written


def test_its_diagram_has_exactly_the_transitions_that_exist() -> None:
    drawn = set(re.findall(r"^ +([A-Z_]+) --> ([A-Z_]+)\b", DOCUMENT, re.MULTILINE))

    assert drawn == {
        (source.value, target.value)
        for source in MediaStatus
        for target in MediaStatus
        if MEDIA_LIFECYCLE.allows(source, target)
    }


def test_it_says_of_every_state_whether_media_can_be_attached_and_seen() -> None:
    written = {row[0]: (YES[row[1]], YES[row[2]]) for row in cells("A media's states")}

    assert written == {status.value: (status in ATTACHABLE, status in VISIBLE) for status in MediaStatus}


def test_the_writers_that_it_names_are_all_there_are() -> None:
    writers = {
        module
        for layer in ("application", "entrypoints")
        for module, tree in modules_of(layer)
        if "attachments.apply(" in ast.unparse(tree)
    }

    assert writers == {
        "application.attachments.reconcile_attachments",
        "application.attachments.delete_media",
        "application.audit.audit_uses",
    }


def test_the_code_points_to_it_from_where_an_attachment_is_defined() -> None:
    source = (ROOT / "domain" / "attachments" / "attachment.py").read_text(encoding="utf-8")

    assert "docs/media_attachment_lifecycle.md" in source
