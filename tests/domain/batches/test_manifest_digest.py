"""The digest is what makes two announcements the same one."""

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.batches.manifest import AnnouncedFile, check_manifest
from tests.builders import checksum_of
from tests.domain.batches.announcements import LIMITS, announce, manifests


def digest_of(*files: AnnouncedFile, reference: str = "shoot") -> bytes:
    return check_manifest(reference, files, LIMITS).digest


@given(manifests(), st.randoms())
def test_order_does_not_matter(files: list[AnnouncedFile], random: Random) -> None:
    shuffled = random.sample(files, len(files))
    assert digest_of(*shuffled) == digest_of(*files)


@given(manifests())
def test_the_spelling_of_a_checksum_does_not_matter(files: list[AnnouncedFile]) -> None:
    respelled = [replace(file, checksum=checksum_of(file.client_id).base64) for file in files]
    assert digest_of(*respelled) == digest_of(*files)


CHANGES: list[dict[str, Any]] = [
    {"client_id": "other"},
    {"media_type": "PHOTO_HORIZONTAL"},
    {"filename": "IMG_0002.jpg"},
    {"content_type": "image/png"},
    {"size": 1_001},
    {"checksum": str(checksum_of("other"))},
    {"sequence": 2},
    {"title": "Kitchen"},
]


@given(rest=manifests(max_files=3))
def test_every_field_of_every_file_matters(rest: list[AnnouncedFile]) -> None:
    taken = {"one", "other"}
    rest = [replace(file, sequence=file.sequence + 10) for file in rest if file.client_id not in taken]
    digests = [digest_of(announce(**change), *rest) for change in [{}, *CHANGES]]
    assert len(set(digests)) == len(digests)


@given(manifests())
def test_a_file_more_is_another_announcement(files: list[AnnouncedFile]) -> None:
    more = announce(client_id="one more", sequence=999)
    assert digest_of(*files, more) != digest_of(*files)


def test_no_name_can_be_read_as_two_fields() -> None:
    """Names may hold any character, separators included."""
    tail = f"image/jpeg\x1f1000\x1f{checksum_of('one').hex}\x1f1"
    one = announce(filename="a", title=f"b\x1f{tail}\x1fc")
    other = announce(filename=f"a\x1f{tail}\x1fb", title="c")
    assert digest_of(one) != digest_of(other)
