"""Files that a client has: what it announces and the bytes behind it."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from domain.batches.manifest import AnnouncedFile
from domain.checksum import Checksum

_HEADS = {
    "image/jpeg": b"\xff\xd8\xff",
    "video/mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "application/pdf": b"%PDF-1.7",
}


@dataclass(frozen=True, slots=True)
class ClientFile:
    announced: AnnouncedFile
    body: bytes

    @property
    def client_id(self) -> str:
        return self.announced.client_id

    def saying(self, **changes: Any) -> "ClientFile":
        """The same bytes, announced otherwise."""
        return replace(self, announced=replace(self.announced, **changes))


def photo(client_id: str = "one", *, sequence: int = 1, size: int | None = None) -> ClientFile:
    return _file(client_id, "PHOTO_VERTICAL", "image/jpeg", sequence, size)


def photos(*client_ids: str) -> list[ClientFile]:
    return [photo(client_id, sequence=sequence) for sequence, client_id in enumerate(client_ids, start=1)]


def video(client_id: str = "film", *, sequence: int = 1, size: int | None = None) -> ClientFile:
    return _file(client_id, "VIDEO_HORIZONTAL", "video/mp4", sequence, size)


def document(client_id: str = "plan", *, sequence: int = 1) -> ClientFile:
    return _file(client_id, "PROJECT_DOC", "application/pdf", sequence, None)


def _file(client_id: str, media_type: str, content_type: str, sequence: int, size: int | None) -> ClientFile:
    body = _HEADS[content_type] + client_id.encode()
    body = body.ljust(size, b".") if size else body
    announced = AnnouncedFile(
        client_id=client_id,
        media_type=media_type,
        filename=f"{client_id}.bin",
        content_type=content_type,
        size=len(body),
        checksum=str(Checksum(sha256(body).digest())),
        sequence=sequence,
    )
    return ClientFile(announced, body)
