"""Each rule of an announcement by itself, and all of them at once: every violation is named, not the first."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.batches.limits import GIB, MIB, UploadLimits
from domain.batches.manifest import MAX_SEQUENCE, AnnouncedFile, check_manifest
from domain.batches.media_type import CONTENT_TYPES, MediaCategory, MediaType
from domain.errors import Rejected
from tests.builders import checksum_of
from tests.domain.batches.announcements import LIMITS, announce, manifests


def violations_of(
    *files: AnnouncedFile, reference: str = "shoot", limits: UploadLimits = LIMITS
) -> set[tuple[str, str]]:
    """Pointer and code of each violation."""
    try:
        check_manifest(reference, files, limits)
    except Rejected as rejected:
        return {(violation.pointer, violation.code) for violation in rejected.violations}
    return set()


@given(manifests())
def test_a_sound_announcement_is_taken_over_as_it_is(files: list[AnnouncedFile]) -> None:
    manifest = check_manifest("shoot", files, LIMITS)
    assert [spec.client_id for spec in manifest.files] == [file.client_id for file in files]
    for spec, file in zip(manifest.files, files, strict=True):
        assert (spec.media_type, spec.filename, spec.content_type) == (
            file.media_type,
            file.filename,
            file.content_type,
        )
        assert (spec.size, spec.sequence) == (file.size, file.sequence)
        assert spec.checksum == checksum_of(file.client_id)
    assert manifest.total_bytes == sum(file.size for file in files)
    assert manifest.media_types == {MediaType(file.media_type) for file in files}


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"client_id": ""}, "clientId", "LENGTH"),
    ({"client_id": "x" * 65}, "clientId", "LENGTH"),
    ({"client_id": "a\nb"}, "clientId", "LENGTH"),
    ({"filename": ""}, "filename", "LENGTH"),
    ({"filename": "x" * 256}, "filename", "LENGTH"),
    ({"filename": "a\0.jpg"}, "filename", "LENGTH"),
    ({"title": "x" * 256}, "title", "LENGTH"),
    ({"title": "\0"}, "title", "LENGTH"),
    ({"sequence": 0}, "sequence", "RANGE"),
    ({"sequence": -1}, "sequence", "RANGE"),
    ({"sequence": MAX_SEQUENCE + 1}, "sequence", "RANGE"),
    ({"size": 0}, "bytes", "RANGE"),
    ({"size": -5}, "bytes", "RANGE"),
    ({"size": 64 * MIB + 1}, "bytes", "FILE_TOO_LARGE"),
    ({"checksum": "sha256:12"}, "checksum", "CHECKSUM_FORMAT"),
    ({"checksum": ""}, "checksum", "CHECKSUM_FORMAT"),
    ({"media_type": "THUMBNAIL"}, "mediaType", "UNKNOWN_MEDIA_TYPE"),
    ({"media_type": "ZIP"}, "mediaType", "UNKNOWN_MEDIA_TYPE"),
    ({"content_type": "image/gif"}, "contentType", "CONTENT_TYPE_NOT_ALLOWED"),
    ({"content_type": "image/svg+xml"}, "contentType", "CONTENT_TYPE_NOT_ALLOWED"),
    ({"orientation": "HORIZONTAL"}, "orientation", "ORIENTATION_MISMATCH"),
    ({"orientation": "DIAGONAL"}, "orientation", "UNKNOWN_ORIENTATION"),
]


@pytest.mark.parametrize(("changes", "field", "code"), BROKEN)
def test_each_rule_by_itself(changes: dict[str, Any], field: str, code: str) -> None:
    assert violations_of(announce(**changes)) == {(f"/files/0/{field}", code)}


@given(st.permutations(BROKEN))
def test_however_many_rules_are_broken_each_is_named_at_its_file(order: list[tuple[dict[str, Any], str, str]]) -> None:
    files = [
        announce(**{"client_id": f"file-{index}", "sequence": index + 10, **changes})
        for index, (changes, _, _) in enumerate(order)
    ]
    expected = {(f"/files/{index}/{field}", code) for index, (_, field, code) in enumerate(order)}
    assert violations_of(*files) == expected


def test_one_file_may_break_everything_at_once() -> None:
    worst = announce(
        client_id="",
        filename="",
        title="\0",
        sequence=0,
        size=-1,
        checksum="?",
        media_type="HOLOGRAM",
        orientation="DIAGONAL",
    )
    assert violations_of(worst, reference="") == {
        ("/batchReference", "LENGTH"),
        ("/files/0/clientId", "LENGTH"),
        ("/files/0/filename", "LENGTH"),
        ("/files/0/title", "LENGTH"),
        ("/files/0/sequence", "RANGE"),
        ("/files/0/bytes", "RANGE"),
        ("/files/0/checksum", "CHECKSUM_FORMAT"),
        ("/files/0/mediaType", "UNKNOWN_MEDIA_TYPE"),
        ("/files/0/orientation", "UNKNOWN_ORIENTATION"),
    }


@pytest.mark.parametrize("reference", ["", "x" * 121, "a\nb", "a\0b"])
def test_the_reference_is_1_to_120_printable_characters(reference: str) -> None:
    assert violations_of(announce(), reference=reference) == {("/batchReference", "LENGTH")}


@pytest.mark.parametrize("reference", ["x", "x" * 120, "Sessão de fotos №7"])
def test_a_reference_may_be_any_name(reference: str) -> None:
    assert violations_of(announce(), reference=reference) == set()


def test_a_batch_holds_1_to_200_files() -> None:
    files = [announce(client_id=str(index), sequence=index) for index in range(1, 202)]
    assert violations_of() == {("/files", "COUNT")}
    assert violations_of(*files[:200]) == set()
    assert violations_of(*files) == {("/files", "COUNT")}


def test_a_batch_holds_50_gib() -> None:
    videos = [
        announce(client_id=str(n), media_type="VIDEO_VERTICAL", content_type="video/mp4", sequence=n, size=10 * GIB)
        for n in range(1, 6)
    ]
    assert violations_of(*videos) == set()
    assert violations_of(*videos, announce(size=1)) == {("/files", "BATCH_TOO_LARGE")}


def test_a_negative_size_makes_no_room_for_others() -> None:
    limits = UploadLimits(max_batch_bytes=1_500)
    files = [announce(), announce(client_id="two", sequence=2), announce(client_id="three", sequence=3, size=-1_000)]
    assert ("/files", "BATCH_TOO_LARGE") in violations_of(*files, limits=limits)


def test_every_file_of_a_repeated_client_id_is_named() -> None:
    files = [announce(), announce(client_id="two", sequence=2), announce(sequence=3)]
    assert violations_of(*files) == {
        ("/files/0/clientId", "DUPLICATE_CLIENT_ID"),
        ("/files/2/clientId", "DUPLICATE_CLIENT_ID"),
    }


def test_a_sequence_is_unique_within_its_media_type_only() -> None:
    photo, twin = announce(), announce(client_id="two")
    other_type = announce(client_id="three", media_type="PHOTO_HORIZONTAL")
    assert violations_of(photo, other_type) == set()
    assert violations_of(photo, twin, other_type) == {
        ("/files/0/sequence", "DUPLICATE_SEQUENCE"),
        ("/files/1/sequence", "DUPLICATE_SEQUENCE"),
    }


@pytest.mark.parametrize("media_type", MediaType)
def test_each_media_type_takes_its_content_types_and_its_size(media_type: MediaType) -> None:
    accepted = CONTENT_TYPES[media_type.category]
    for content_type in sorted(set().union(*CONTENT_TYPES.values()) | {"text/html"}):
        file = announce(media_type=media_type.value, content_type=content_type)
        expected = set() if content_type in accepted else {("/files/0/contentType", "CONTENT_TYPE_NOT_ALLOWED")}
        assert violations_of(file) == expected
    largest = LIMITS.max_bytes[media_type.category]
    some = min(accepted)
    assert violations_of(announce(media_type=media_type.value, content_type=some, size=largest)) == set()
    assert violations_of(announce(media_type=media_type.value, content_type=some, size=largest + 1)) == {
        ("/files/0/bytes", "FILE_TOO_LARGE")
    }


def test_the_default_limits_are_those_of_the_contract() -> None:
    assert LIMITS.max_bytes == {
        MediaCategory.PHOTO: 64 * MIB,
        MediaCategory.RENDER: 64 * MIB,
        MediaCategory.DOCUMENT: 256 * MIB,
        MediaCategory.VIDEO: 10 * GIB,
    }
    assert (LIMITS.max_files, LIMITS.max_batch_bytes) == (200, 50 * GIB)
