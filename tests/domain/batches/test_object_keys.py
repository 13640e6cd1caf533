"""Where objects lie: below their listing, whatever a client calls its files."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.assets.rendition import RenditionName
from domain.batches.media_type import EXTENSIONS, MediaType
from domain.batches.object_keys import (
    archive_key,
    is_original,
    is_ours,
    original_key,
    owner_in,
    processed_prefix,
    rendition_key,
    safe_name,
)
from domain.ids import AssetId, BatchId, ListingId
from tests.builders import IDS

LISTING, BATCH, ASSET = ListingId(IDS.new()), BatchId(IDS.new()), AssetId(IDS.new())
HOSTILE = [
    "",
    ".",
    "..",
    "...",
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "/absolute/path.jpg",
    "a/../../b.jpg",
    "\0",
    "a\0b.jpg",
    ".htaccess",
    "-rf",
    "\u202egpj.exe",
    "\uff0f\uff0e\uff0e\uff0fetc",
    "\u2025\u2025\u2215x",
    "%2e%2e%2fetc",
    "?x=1#y&z",
    "日本語.jpg",
    "\U0001f4f7.heic",
    "a" * 5_000 + ".jpg",
    "." * 5_000,
    " .jpg ",
    "\r\nX-Header: 1",
    "\ud800",
]
names = st.text(st.characters(), max_size=300) | st.text("./\\-a\0 ", max_size=60)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_is_made_harmless(name: str) -> None:
    _require_safe(safe_name(name))


@given(names)
def test_any_name_is_made_harmless(name: str) -> None:
    _require_safe(safe_name(name))


def _require_safe(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}", name)
    assert not name.endswith((".", "-"))


@given(names)
def test_a_harmless_name_stays_as_it_is(name: str) -> None:
    assert safe_name(safe_name(name)) == safe_name(name)


@given(st.from_regex(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,60}[A-Za-z0-9_])?", fullmatch=True))
def test_an_ordinary_name_is_kept(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Sala de estar.jpg", "Sala-de-estar.jpg"),
        ("Área externa (2).heic", "Area-externa-2.heic"),
        ("日本語.jpg", "file.jpg"),
        ("no-ending", "no-ending"),
        ("C:\\photos\\IMG_1.JPG", "IMG_1.JPG"),
        ("x" * 100 + ".jpeg", "x" * 69 + ".jpeg"),
    ],
)
def test_what_can_be_kept_of_a_name_is_kept(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(names, st.sampled_from(MediaType))
@example("../../../other-listing/raw/x", MediaType.PROJECT_DOC)
def test_an_original_never_leaves_its_batch(name: str, media_type: MediaType) -> None:
    key = original_key(LISTING, media_type, BATCH, ASSET, name)
    folder, _, last = key.rpartition("/")
    assert folder == f"{LISTING}/raw/{media_type.path}/{BATCH}"
    assert last.startswith(f"{ASSET}-")
    assert len(key) < 1_024


@pytest.mark.parametrize(
    ("media_type", "path"),
    [
        (MediaType.PHOTO_VERTICAL, "photo/vertical"),
        (MediaType.PHOTO_HORIZONTAL, "photo/horizontal"),
        (MediaType.VIDEO_VERTICAL, "video/vertical"),
        (MediaType.VIDEO_HORIZONTAL, "video/horizontal"),
        (MediaType.PROJECT_DOC, "project/doc"),
        (MediaType.PROJECT_RENDER, "project/render"),
    ],
)
def test_keys_are_spelled_as_the_contract_says(media_type: MediaType, path: str) -> None:
    assert original_key(LISTING, media_type, BATCH, ASSET, "a.jpg") == f"{LISTING}/raw/{path}/{BATCH}/{ASSET}-a.jpg"
    assert (
        rendition_key(LISTING, media_type, "small", ASSET, attempt="2-1", content_type="image/jpeg")
        == f"{LISTING}/processed/{path}/small/{ASSET}.2-1.jpg"
    )
    assert archive_key(LISTING, BATCH, "2-1") == f"{LISTING}/processed/zip/{BATCH}.2-1.zip"


def test_what_we_make_lies_below_the_prefix_that_an_external_pipeline_may_use() -> None:
    prefix = processed_prefix(LISTING)
    assert prefix == f"{LISTING}/processed/"
    assert archive_key(LISTING, BATCH, "1-1").startswith(prefix)
    assert not original_key(LISTING, MediaType.PROJECT_DOC, BATCH, ASSET, "a.pdf").startswith(prefix)
    for content_type in EXTENSIONS:
        key = rendition_key(LISTING, MediaType.PROJECT_DOC, "large", ASSET, attempt="1-1", content_type=content_type)
        assert key.startswith(prefix)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), unique=True, min_size=2, max_size=10))
def test_no_two_attempts_write_the_same_objects(attempts: list[tuple[int, int]]) -> None:
    fences = [f"{run}-{attempt}" for run, attempt in attempts]
    archives = {archive_key(LISTING, BATCH, fence) for fence in fences}
    renditions = {
        rendition_key(LISTING, MediaType.PHOTO_VERTICAL, name, ASSET, attempt=fence, content_type="image/jpeg")
        for fence in fences
        for name in RenditionName
    }
    assert len(archives) == len(fences)
    assert len(renditions) == len(fences) * len(RenditionName)


@given(names, st.sampled_from(MediaType), st.sampled_from(RenditionName), st.sampled_from(sorted(EXTENSIONS)))
def test_whose_an_object_is_stands_in_its_key(
    name: str, media_type: MediaType, rendition: RenditionName, content_type: str
) -> None:
    original = original_key(LISTING, media_type, BATCH, ASSET, name)
    derived = rendition_key(LISTING, media_type, rendition, ASSET, attempt="2-1", content_type=content_type)
    archive = archive_key(LISTING, BATCH, "2-1")

    assert [owner_in(key) for key in (original, derived, archive)] == [ASSET, ASSET, BATCH]
    assert [is_original(key) for key in (original, derived, archive)] == [True, False, False]
    assert all(is_ours(key) for key in (original, derived, archive))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "readiness",
        f"{LISTING}",
        f"{LISTING}/raw/",
        f"{LISTING}/raw/photo/vertical/{BATCH}/{ASSET}",
        f"{LISTING}/other/{ASSET}.jpg",
        f"x/raw/{ASSET}-a.jpg",
        f"{LISTING}/raw/{ASSET}-a.jpg/more",
        f"{LISTING}/raw/{str(ASSET).upper()}-a.jpg",
        f" {LISTING}/raw/{ASSET}-a.jpg",
        f"{LISTING}/raw/{ASSET}-a.jpg\n/x",
        f"{{{LISTING}}}/raw/{ASSET}-a.jpg",
        f"{LISTING}/raw/" + "a/" * 500 + "b",
    ],
)
def test_what_is_not_named_as_we_name_is_nobodys(key: str) -> None:
    assert owner_in(key) is None
    assert not is_ours(key)
    assert not is_original(key)


@given(st.text(st.characters(), max_size=60) | st.text("0123456789abcdef-/.rawpocsd", max_size=200))
def test_any_key_is_somebodys_or_nobodys(key: str) -> None:
    assert is_ours(key) == (owner_in(key) is not None)
