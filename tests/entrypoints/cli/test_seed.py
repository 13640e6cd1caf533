"""What `vitrine seed` says of fixtures, without any server: everything that is wrong, and where."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from entrypoints.seeding.contexts import CONTEXTS
from entrypoints.seeding.fixture_set import BUILT_IN, read_fixture_set
from entrypoints.seeding.references import keys_at
from entrypoints.settings import Settings
from tests.entrypoints.cli.fixture_folder import FixtureFolder, Json
from tests.entrypoints.cli.program import Outcome, Program

REFERENCES = [(context.name, path, target) for context in CONTEXTS for path, target in context.references.items()]


@pytest.fixture
def fixtures(tmp_path: Path) -> FixtureFolder:
    return FixtureFolder(tmp_path / "fixtures")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Its services cannot be reached: whoever asks for them fails."""
    return Program(tmp_path, data_dir=str(tmp_path / "data"), database_url="postgresql://nobody@127.0.0.1:1/none")


async def mistakes(program: Program, fixtures: FixtureFolder) -> list[str]:
    """Each line that names one; loading would do no more than that."""
    outcome = await program.run("seed", fixtures.path)
    assert (outcome.code, outcome.output) == (2, ""), outcome
    *lines, last = outcome.notices.splitlines()
    found = [line.removeprefix("✗ ") for line in lines]
    assert last == f"{len(found)} {'mistake' if len(found) == 1 else 'mistakes'}; nothing was loaded."
    return found


async def the_mistake(program: Program, fixtures: FixtureFolder) -> str:
    found = await mistakes(program, fixtures)
    assert len(found) == 1, found
    return found[0]


async def test_the_built_in_fixtures_are_sound_and_leave_no_context_out(program: Program) -> None:
    outcome = await program.run("seed", "--check")

    count = sum(len(json.loads(file.read_text(encoding="utf-8"))) for file in BUILT_IN.glob("*.json"))
    assert (outcome.code, outcome.output) == (0, "")
    assert outcome.notices.startswith(f"✓ {count} entries")
    fixture_set = read_fixture_set(BUILT_IN, Settings())
    assert all(fixture_set.fixtures[context.name] for context in CONTEXTS)


async def test_every_sample_file_is_used(fixtures: FixtureFolder, program: Program) -> None:
    text = "".join(fixtures.text(context.name) for context in CONTEXTS)
    assert [path.name for path in fixtures.files.iterdir() if f'"{path.name}"' not in text] == []


@pytest.mark.parametrize(("name", "path", "target"), REFERENCES)
async def test_a_key_that_leads_nowhere_is_named_with_the_nearest_that_does(
    name: str, path: str, target: str, fixtures: FixtureFolder, program: Program
) -> None:
    key, field, known = next(
        (entry["key"], *found) for entry in fixtures.entries(name) for found in keys_at(entry, path)
    )
    wrong = f"{known}x"
    fixtures.change(name, key, lambda entry: put(entry, field, wrong))

    expected = f'{name}.json, {key}, {field}: there is no "{wrong}" in {target}.json; did you mean "{known}"?'
    assert expected in await mistakes(program, fixtures)


def put(entry: Json, field: str, value: object) -> None:
    """At a path such as media/0/media."""
    *steps, last = field.split("/")
    within: Any = entry
    for step in steps:
        within = within[int(step) if step.isdigit() else step]
    within[last] = value


async def test_where_nothing_is_near_it_says_what_there_is(fixtures: FixtureFolder, program: Program) -> None:
    fixtures.change("users", "anna", lambda entry: entry.update(avatar="qqq"))

    found = await the_mistake(program, fixtures)

    assert found.startswith('users.json, anna, avatar: there is no "qqq" in media.json; what there is: "ad-evening", ')
    assert found.endswith(" more")


async def test_all_files_are_looked_through_and_every_mistake_is_told(
    fixtures: FixtureFolder, program: Program
) -> None:
    fixtures.change("users", "anna", lambda entry: entry.update(avatar="anno", age=30))
    fixtures.change("products", "lamp-oil", lambda entry: entry.update(coa="oil-analyses"))
    fixtures.change("ads", "evening", lambda entry: entry.pop("title"))
    fixtures.change("ads", "evening", lambda entry: put(entry, "creatives/0/medai", "lamp-lit"))
    fixtures.change("listings", "lakeside", lambda entry: entry.update(kind="CASTLE"))

    assert await mistakes(program, fixtures) == [
        'users.json, anna, age: there is no such field; what there is: "avatar", "key"',
        'users.json, anna, avatar: there is no "anno" in media.json; did you mean "anna"?',
        'products.json, lamp-oil, coa: there is no "oil-analyses" in media.json; did you mean "oil-analysis"?',
        "ads.json, evening, title: this is required",
        'ads.json, evening, creatives/0/medai: there is no such field; did you mean "media"?',
        "listings.json, lakeside, kind: Invalid enum value 'CASTLE'; one of PROPERTY, DEVELOPMENT",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[\n  {"key": "anna",}\n]', "users.json: line 2, column 18: this is no JSON: "),
        ('[{"key": "anna"}', "users.json: line 1, column 17: this is no JSON: "),
        ("", "users.json: line 1, column 1: this is no JSON: "),
        ('{"key": "anna"}', "users.json: this is no list of entries"),
        ('[{"key": NaN}]', "users.json: this cannot be read as JSON: NaN"),
        (r'[{"key": "\ud800"}]', "users.json: this cannot be read as JSON: 'utf-8'"),
        ("[" * 100_000, "users.json: this cannot be read as JSON: "),
    ],
)
async def test_what_is_no_list_of_entries_is_told_with_its_place(
    text: str, expected: str, fixtures: FixtureFolder, program: Program
) -> None:
    """Of keys in a file that cannot be read nobody knows: who refers to them is not blamed."""
    fixtures.write("users", text)
    assert (await the_mistake(program, fixtures)).startswith(expected)


async def test_other_encodings_are_refused(fixtures: FixtureFolder, program: Program) -> None:
    (fixtures.path / "users.json").write_bytes('[{"key": "zoë"}]'.encode("latin-1"))
    assert (await the_mistake(program, fixtures)).startswith("users.json: this cannot be read as JSON: 'utf-8'")


async def test_a_byte_order_mark_does_no_harm(fixtures: FixtureFolder, program: Program) -> None:
    fixtures.write("users", "\ufeff" + fixtures.text("users"))
    outcome = await program.run("seed", "--check", fixtures.path)
    assert outcome.code == 0, outcome


async def test_an_entry_without_a_key_is_known_by_its_place(fixtures: FixtureFolder, program: Program) -> None:
    fixtures.write("ads", [{"title": "First", "creatives": []}, 7, {"key": 7, "title": "Third", "creatives": []}])
    assert await mistakes(program, fixtures) == [
        "ads.json, entry 2: this is no object: {...}",
        "ads.json, entry 1, key: this is required",
        "ads.json, 7, key: Expected str, got int",
    ]


async def test_fields_and_keys_that_are_there_twice(fixtures: FixtureFolder, program: Program) -> None:
    fixtures.write("licenses", '[{"key": "a", "number": "1", "number": "2", "document": "trade-license"}]')
    fixtures.add("users", key="anna")
    assert await mistakes(program, fixtures) == [
        "users.json, anna, key: 2 entries have this key",
        "licenses.json, a, number: this field is there twice",
    ]


async def test_what_a_later_run_could_not_tell_apart(fixtures: FixtureFolder, program: Program) -> None:
    fixtures.add("products", key="other-card", title="Gift card")
    fixtures.add("media", key="logo-again", file="logo.png", kind="store", folder="store")
    fixtures.add("attachments", key="again", attachmentSet="socket", title="Photo", file="socket.jpg")
    why = "by which a later run knows what is there already"
    assert await mistakes(program, fixtures) == [
        f'media.json, logo-again: "logo" has the same kind, folder and name, {why}',
        f'products.json, other-card: "gift-card" has the same title, {why}',
        f'attachments.json, again: "socket-photo" has the same set and title, {why}',
    ]


async def test_files_of_other_names(fixtures: FixtureFolder, program: Program) -> None:
    (fixtures.path / "ads.json").rename(fixtures.path / "adds.json")
    found = await the_mistake(program, fixtures)
    assert found == 'adds.json: there are no fixtures of this name; did you mean "ads.json"?'


async def test_a_folder_without_fixtures(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    outcome = await program.run("seed", folder)
    assert outcome.code == 2
    assert "there are no fixtures here; their files are media.json, stores.json" in outcome.notices


async def test_a_folder_need_not_have_every_file(fixtures: FixtureFolder, program: Program) -> None:
    for file in fixtures.path.glob("*.json"):
        if file.stem not in {"media", "stores"}:
            file.unlink()
    outcome = await program.run("seed", "--check", fixtures.path)
    assert outcome.code == 0, outcome


def add_note(fixtures: FixtureFolder) -> str:
    """The key of a media that is no picture and no document."""
    (fixtures.files / "note.txt").write_text("a note")
    fixtures.add("media", key="note", file="note.txt", kind="other")
    return "note"


def move_out(fixtures: FixtureFolder, path: Path) -> None:
    """Out of the folder of fixtures; a link leads there."""
    elsewhere = fixtures.path.with_name("elsewhere")
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


Break = Callable[[FixtureFolder], object]

RULES: dict[str, tuple[Break, str]] = {
    "a sample file is missing": (
        lambda it: it.change("media", "logo", lambda entry: entry.update(file="logo.pgn")),
        'media.json, logo, file: there is no file "logo.pgn" in files; did you mean "logo.png"?',
    ),
    "a sample file lies elsewhere": (
        lambda it: it.change("media", "logo", lambda entry: entry.update(file="../media.json")),
        'media.json, logo, file: "../media.json" leads out of the folder files',
    ),
    "a sample file that leads to itself": (
        lambda it: ((it.files / "logo.png").unlink(), (it.files / "logo.png").symlink_to("logo.png")),
        'media.json, logo, file: "logo.png" in files leads nowhere',
    ),
    "a sample file that leads elsewhere": (
        lambda it: move_out(it, it.files / "logo.png"),
        'media.json, logo, file: "logo.png" leads out of the folder files',
    ),
    "sample files that lie elsewhere": (
        lambda it: move_out(it, it.files),
        "files: this leads out of the folder fixtures",
    ),
    "fixtures that lie elsewhere": (
        lambda it: move_out(it, it.path / "ads.json"),
        "ads.json: this leads out of the folder fixtures",
    ),
    "an empty sample file": (
        lambda it: (it.files / "assembly.pdf").write_bytes(b""),
        "media.json, assembly, file: media of kind pdf cannot be application/octet-stream; it can be application/pdf",
    ),
    "a file of the wrong type for its kind": (
        lambda it: it.change("media", "brass", lambda entry: entry.update(file="wiring.svg")),
        "media.json, brass, file: media of kind product cannot be image/svg+xml",
    ),
    "a file that is too large": (
        lambda it: (it.files / "logo.png").write_bytes((it.files / "logo.png").read_bytes() + bytes(21 << 20)),
        "media.json, logo, file: image/png has 1 to 20971520 bytes; this has ",
    ),
    "a folder that no library has": (
        lambda it: it.change("media", "logo", lambda entry: entry.update(folder=" x ")),
        "media.json, logo, folder: 1 to 100 printable characters",
    ),
    "a name that no library takes": (
        lambda it: it.change("media", "logo", lambda entry: entry.update(name=" ")),
        "media.json, logo, name: 1 to 255 characters",
    ),
    "a second store": (
        lambda it: it.add("stores", key="other"),
        "stores.json: at most 1 entry; this has 2",
    ),
    "a second main image": (
        lambda it: it.change("products", "desk-lamp", lambda entry: entry["media"][1].update(usageType="main_image")),
        "products.json, desk-lamp, media/1/usageType: the product has a main image already",
    ),
    "a media that shows a product twice": (
        lambda it: it.change("products", "desk-lamp", lambda entry: entry["media"].append({"media": "lamp-side"})),
        'products.json, desk-lamp, media/4: media "lamp-side" is gallery twice',
    ),
    "a variant of which nobody says which": (
        lambda it: it.change("products", "desk-lamp", lambda entry: entry["media"][2].pop("variant")),
        "products.json, desk-lamp, media/2/variant: which variant does it show?",
    ),
    "a confidential media that everybody would see": (
        lambda it: it.change("media", "lamp-side", lambda entry: entry.update(kind="license_doc")),
        "products.json, desk-lamp, media/1/media: media of kind license_doc are for those who run the store",
    ),
    "a creative that shows nothing": (
        lambda it: it.change("ads", "evening", lambda entry: entry["creatives"][1].update(media="assembly")),
        "ads.json, evening, creatives/1/media: one of image/gif, ",
    ),
    "a logo that is no picture": (
        lambda it: it.change("stores", "halden-lamps", lambda entry: entry.update(logo="assembly")),
        "stores.json, halden-lamps, logo: one of image/avif, ",
    ),
    "an avatar that is no picture": (
        lambda it: it.change("users", "anna", lambda entry: entry.update(avatar="assembly")),
        "users.json, anna, avatar: one of image/avif, ",
    ),
    "a certificate that is no PDF": (
        lambda it: it.change("products", "lamp-oil", lambda entry: entry.update(coa="brass")),
        "products.json, lamp-oil, coa: one of application/pdf, not image/png",
    ),
    "a license that nothing proves": (
        lambda it: it.change("licenses", "lamp-oil", lambda entry: entry.update(document=add_note(it))),
        "licenses.json, lamp-oil, document: one of application/pdf, image/avif, ",
    ),
    "a booking twice": (
        lambda it: it.change("listings", "house-in-the-hills", lambda entry: entry["bookings"][1].update(key="first")),
        'listings.json, house-in-the-hills, bookings/1/key: "first" occurs twice',
    ),
    "a moment without a time zone": (
        lambda it: it.change(
            "listings",
            "house-in-the-hills",
            lambda entry: entry["bookings"][0].update(scheduledAt="2025-06-20T09:00:00"),
        ),
        "listings.json, house-in-the-hills, bookings/0/scheduledAt: Expected datetime with a timezone component",
    ),
    "a delivery by somebody else": (
        lambda it: it.change("batches", "first-delivery", lambda entry: entry.update(by="anna")),
        "batches.json, first-delivery, by: photos and videos come from the photographer",
    ),
    "a delivery that nobody awaits": (
        lambda it: it.change("listings", "house-in-the-hills", lambda entry: entry.update(status="PUBLISHED")),
        'batches.json, first-delivery, listing: listing "house-in-the-hills"',
    ),
    "a delivery when another one has brought the photos": (
        lambda it: it.add("batches", **it.entry("batches", "first-delivery") | {"key": "second-delivery"}),
        'batches.json, second-delivery, listing: it takes no photos any more once those of "first-delivery" are ready',
    ),
    "a delivery of what was not said": (
        lambda it: it.change("batches", "first-delivery", lambda entry: entry["files"][0].update(file="safety.pdf")),
        "batches.json, first-delivery, files/0/contentType: PHOTO_HORIZONTAL takes",
    ),
    "a delivery of a file that is missing": (
        lambda it: it.change("batches", "first-delivery", lambda entry: entry["files"][2].update(file="gate.jpg")),
        'batches.json, first-delivery, files/2/file: there is no file "gate.jpg" in files',
    ),
    "a part without a name": (
        lambda it: it.change("parts", "base", lambda entry: entry.update(name="  ")),
        "parts.json, base, name: 1 to 255 characters",
    ),
    "a set that nobody has": (
        lambda it: it.add("attachment_sets", key="loose"),
        "attachment_sets.json, loose: no part and no kit has this set: each belongs to one",
    ),
    "a set of two": (
        lambda it: it.change("parts", "base", lambda entry: entry.update(attachmentSet="desk-lamp-kit")),
        'attachment_sets.json, desk-lamp-kit: "base" of parts.json and "desk-lamp-kit" of kits.json have this set',
    ),
    "a cover of another set": (
        lambda it: it.change("attachment_sets", "shade", lambda entry: entry.update(cover="socket-photo")),
        'attachment_sets.json, shade, cover: attachment "socket-photo" is in the set "socket", not in this one',
    ),
    "an attachment of two things": (
        lambda it: it.change("attachments", "socket-photo", lambda entry: entry.update(media="lamp-front")),
        "attachments.json, socket-photo: an attachment is made of exactly one of file, media and url; this has file",
    ),
    "an attachment of nothing": (
        lambda it: it.change("attachments", "socket-photo", lambda entry: entry.pop("file")),
        "attachments.json, socket-photo: an attachment is made of exactly one of file, media and url; this has none",
    ),
    "an attached file of a type that cannot be": (
        lambda it: (it.files / "safety.pdf").write_text("not a PDF"),
        "attachments.json, kit-safety, file: an attachment cannot be application/octet-stream",
    ),
    "an attached media of a type that cannot be": (
        lambda it: it.change("attachments", "kit-lamp", lambda entry: entry.update(media=add_note(it))),
        "attachments.json, kit-lamp, media: one of application/pdf, image/jpeg",
    ),
    "an address that is not fetched": (
        lambda it: it.change("attachments", "socket-standard", lambda entry: entry.update(url="http://10.0.0.1/")),
        "attachments.json, socket-standard, url: 10.0.0.1 is no address of the public internet",
    ),
    "a title that cannot be": (
        lambda it: it.change("attachments", "socket-photo", lambda entry: entry.update(title="x" * 256)),
        "attachments.json, socket-photo, title: 1 to 255 characters",
    ),
}


@pytest.mark.parametrize("rule", RULES)
async def test_rules_of_the_application_are_asked_beforehand(
    rule: str, fixtures: FixtureFolder, program: Program
) -> None:
    damage, expected = RULES[rule]
    damage(fixtures)
    assert (await the_mistake(program, fixtures)).startswith(expected)


async def test_links_within_the_folder_are_followed(fixtures: FixtureFolder, program: Program) -> None:
    for path in (fixtures.files, fixtures.files / "logo.png", fixtures.path / "ads.json"):
        path.symlink_to(path.rename(path.with_suffix(".kept")))
    outcome = await program.run("seed", "--check", fixtures.path)
    assert outcome.code == 0, outcome


async def test_photos_for_a_listing_that_awaits_them_again_and_project_files_are_no_matter_of_order(
    fixtures: FixtureFolder, program: Program
) -> None:
    fixtures.add("batches", **fixtures.entry("batches", "first-delivery") | {"key": "second-delivery"})
    fixtures.change("listings", "house-in-the-hills", lambda entry: entry.update(status="REJECTED_BY_OWNER"))
    outcome = await program.run("seed", "--check", fixtures.path)
    assert outcome.code == 0, outcome


async def test_sound_fixtures_without_services_are_told_so(program: Program) -> None:
    outcome: Outcome = await program.run("seed")
    assert outcome.code == 1
    assert outcome.output == ""
    assert "Traceback" not in outcome.notices
    assert "✗" in outcome.notices
