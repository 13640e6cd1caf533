import pytest

from application.media.upload_terms import UploadTerms
from domain.media.errors import MediaTypeNotAllowed
from domain.media.kind import MIB, MediaKind, SizeLimits

LIMITS = SizeLimits.default()


@pytest.mark.parametrize(
    ("kind", "largest"),
    [(MediaKind.PRODUCT, 200), (MediaKind.LICENSE_DOC, 20), (MediaKind.PDF, 20), (MediaKind.OTHER, 200)],
)
def test_the_largest_of_a_kind_is_the_largest_of_its_types(kind: MediaKind, largest: int) -> None:
    assert UploadTerms.of_kind(kind, LIMITS).largest == largest * MIB


def test_a_kind_without_types_takes_all() -> None:
    UploadTerms.of_kind(MediaKind.OTHER, LIMITS).require_allowed("font/woff2")


def test_a_refusal_names_what_would_be_taken() -> None:
    terms = UploadTerms(what="a plan", mime_types=["image/png", "application/pdf"], limits=LIMITS)

    with pytest.raises(MediaTypeNotAllowed) as caught:
        terms.require_allowed("video/mp4")

    assert caught.value.detail == "a plan cannot be video/mp4; it can be application/pdf, image/png"
