"""The table of kinds: what each takes, how much of it, and who may see it."""

import pytest

from domain.media.content_class import ContentClass, class_of
from domain.media.kind import POLICIES, MediaKind, SizeLimits

MIB = 1024 * 1024
WEB = {"image/jpeg", "image/png", "image/webp", "image/gif"}
CLIPS = {"video/mp4", "video/webm"}
IMAGES = WEB | {"image/avif", "image/heic", "image/heif"}
PDF = {"application/pdf"}
TAKEN: dict[str, set[str] | None] = {
    "product": WEB | CLIPS,
    "ads": WEB | CLIPS,
    "pdf": PDF,
    "license_doc": PDF | IMAGES,
    "coa": PDF,
    "manifest": PDF,
    "user": IMAGES,
    "store": IMAGES,
    "other": None,
}
NEVER_PUBLIC = {"license_doc", "coa", "manifest"}
MIME_TYPES = [
    *sorted(IMAGES | CLIPS | PDF),
    "image/svg+xml",
    "image/bmp",
    "video/quicktime",
    "text/html",
    "application/zip",
    "application/octet-stream",
    "",
]


def test_every_kind_has_its_policy() -> None:
    assert set(POLICIES) == set(MediaKind) == set(TAKEN)


@pytest.mark.parametrize("kind", MediaKind)
def test_a_kind_takes_these_types_and_no_others(kind: MediaKind) -> None:
    taken = TAKEN[kind]

    assert POLICIES[kind].mime_types == taken
    for mime_type in MIME_TYPES:
        assert POLICIES[kind].allows(mime_type) == (taken is None or mime_type in taken)


@pytest.mark.parametrize("kind", MediaKind)
def test_licenses_certificates_and_manifests_are_never_public(kind: MediaKind) -> None:
    assert POLICIES[kind].confidential == (kind in NEVER_PUBLIC)


@pytest.mark.parametrize("kind", [kind for kind in MediaKind if TAKEN[kind] is not None])
def test_a_program_for_browsers_is_taken_as_a_picture_by_nobody(kind: MediaKind) -> None:
    assert not POLICIES[kind].allows("image/svg+xml")
    assert class_of("image/svg+xml") is ContentClass.OTHER


@pytest.mark.parametrize(
    ("mime_type", "limit"),
    [
        *((mime_type, 20 * MIB) for mime_type in sorted(IMAGES | PDF)),
        *((mime_type, 200 * MIB) for mime_type in sorted(CLIPS)),
        ("application/zip", 20 * MIB),
    ],
)
def test_a_file_may_have_so_many_bytes(mime_type: str, limit: int) -> None:
    assert SizeLimits.default().of(mime_type) == limit


def test_limits_may_be_others() -> None:
    limits = SizeLimits(by_class=dict.fromkeys(ContentClass, 7) | {ContentClass.DOCUMENT: 9})

    assert (limits.of("image/png"), limits.of("application/pdf")) == (7, 9)
