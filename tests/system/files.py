"""What photographers and owners bring along."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from tests import media

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file on the client's disk. `lies` overrides what is announced of it."""

    client_id: str
    media_type: str
    filename: str
    content_type: str
    data: bytes
    sequence: int = 1
    title: str | None = None
    lies: tuple[tuple[str, Any], ...] = ()

    @property
    def announcement(self) -> Json:
        facts = {
            "clientId": self.client_id,
            "mediaType": self.media_type,
            "filename": self.filename,
            "contentType": self.content_type,
            "bytes": len(self.data),
            "checksum": f"sha256:{sha256(self.data).hexdigest()}",
            "sequence": self.sequence,
        }
        titled = {"title": self.title} if self.title else {}
        return facts | titled | dict(self.lies)

    def lying(self, **lies: Any) -> "LocalFile":
        return replace(self, lies=tuple(lies.items()))


def photo(client_id: str = "photo", data: bytes | None = None, **changes: Any) -> LocalFile:
    """A small upright JPEG unless told."""
    facts: Json = {
        "media_type": "PHOTO_HORIZONTAL",
        "filename": f"{client_id}.jpg",
        "content_type": "image/jpeg",
        "data": media.jpeg() if data is None else data,
    }
    return LocalFile(client_id=client_id, **(facts | changes))


def photos(count: int) -> list[LocalFile]:
    return [photo(f"photo-{number}", sequence=number) for number in range(1, count + 1)]


def video(client_id: str = "video", data: bytes | None = None, **changes: Any) -> LocalFile:
    facts: Json = {
        "media_type": "VIDEO_HORIZONTAL",
        "filename": f"{client_id}.mp4",
        "content_type": "video/mp4",
        "data": media.video() if data is None else data,
    }
    return LocalFile(client_id=client_id, **(facts | changes))


def film(client_id: str = "film", **changes: Any) -> LocalFile:
    """A video that takes long enough to be caught at it."""
    return video(client_id, media.video(640, 360, seconds=4.0), **changes)


def document(client_id: str = "plan", **changes: Any) -> LocalFile:
    facts: Json = {
        "media_type": "PROJECT_DOC",
        "filename": f"{client_id}.pdf",
        "content_type": "application/pdf",
        "data": media.pdf(),
    }
    return LocalFile(client_id=client_id, **(facts | changes))
