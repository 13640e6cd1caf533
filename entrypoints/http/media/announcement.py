"""The body that announces a file: what the domain thinks of it is said together with what is wrong with its form."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from domain.errors import Violation
from domain.media.announcement import AnnouncedMedia, announcement_violations
from entrypoints.http.media.requests import PresignUploadBody
from entrypoints.http.reading.json_request import JsonRequest

_STAND_INS = {"filename": "?", "fileType": "image/jpeg", "bytes": 1, "checksum": "0" * 64, "kind": "other"}
_MEMBERS = frozenset(field.encode_name for field in msgspec.structs.fields(PresignUploadBody))


class PresignRequest(JsonRequest):
    def further_violations(self, body: Any, found: Sequence[Violation]) -> Iterator[Violation]:
        """With stand-ins for the members that cannot be read; what the rules think of those is left out."""
        if not isinstance(body, dict):
            return
        broken = {violation.pointer for violation in found}
        sound = {name: value for name, value in body.items() if name in _MEMBERS and f"/{name}" not in broken}
        draft = announced(msgspec.convert(_STAND_INS | sound, PresignUploadBody))
        for violation in announcement_violations(draft, self.app.state.media_limits):
            if violation.pointer not in broken and not _is_doubtful(violation, broken):
                yield violation


def announced(body: PresignUploadBody) -> AnnouncedMedia:
    return AnnouncedMedia(
        filename=body.filename,
        file_type=body.file_type,
        size=body.bytes,
        checksum=body.checksum,
        kind=body.kind,
        folder=body.folder,
    )


def _is_doubtful(violation: Violation, broken: set[str]) -> bool:
    """How much is too much depends on a type that could not be read."""
    return violation.code == "MEDIA_TOO_LARGE" and "/fileType" in broken
