"""Announcements for tests: sound ones, drawn at random or made by name."""

from typing import Any

from hypothesis import strategies as st

from domain.batches.limits import UploadLimits
from domain.batches.manifest import AnnouncedFile
from domain.batches.media_type import CONTENT_TYPES, MediaType
from tests.builders import checksum_of

LIMITS = UploadLimits()
# JSON carries any character but for half of a surrogate pair.
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
printable = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


def announce(**changes: Any) -> AnnouncedFile:
    """A sound photo, with some fields changed."""
    sound: dict[str, Any] = {
        "client_id": "one",
        "media_type": "PHOTO_VERTICAL",
        "filename": "IMG_0001.jpg",
        "content_type": "image/jpeg",
        "size": 1_000,
        "checksum": str(checksum_of("one")),
        "sequence": 1,
    }
    return AnnouncedFile(**(sound | changes))


@st.composite
def manifests(draw: st.DrawFn, max_files: int = 6) -> list[AnnouncedFile]:
    """Files that obey all rules together."""
    client_ids = draw(st.lists(printable, min_size=1, max_size=max_files, unique=True))
    return [draw(_file(client_id, sequence)) for sequence, client_id in enumerate(client_ids, start=1)]


@st.composite
def _file(draw: st.DrawFn, client_id: str, sequence: int) -> AnnouncedFile:
    media_type = draw(st.sampled_from(MediaType))
    orientation = media_type.orientation
    return announce(
        client_id=client_id,
        media_type=media_type.value,
        filename=draw(anything.filter(lambda name: name.strip() and "\0" not in name)),
        content_type=draw(st.sampled_from(sorted(CONTENT_TYPES[media_type.category]))),
        size=draw(st.integers(1, LIMITS.max_bytes[media_type.category] // 2)),
        checksum=str(checksum_of(client_id)),
        sequence=sequence,
        orientation=draw(st.sampled_from([None, orientation and orientation.value])),
        title=draw(st.none() | anything.filter(lambda title: "\0" not in title)),
    )
