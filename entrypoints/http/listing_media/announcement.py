"""The body that announces files: what the domain thinks of it is said together with what is wrong with its form."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from domain.batches.limits import UploadLimits
from domain.batches.manifest import (
    AnnouncedFile,
    file_violations,
    reference_violations,
    repetitions,
    total_violations,
)
from domain.errors import Violation
from entrypoints.http.listing_media.requests import AnnouncedFileBody
from entrypoints.http.reading.json_request import JsonRequest

_MEMBERS = frozenset(field.encode_name for field in msgspec.structs.fields(AnnouncedFileBody))
_NO_CHECKSUM = "0" * 64


class AnnouncementRequest(JsonRequest):
    def further_violations(self, body: Any, found: Sequence[Violation]) -> Iterator[Violation]:
        if isinstance(body, dict):
            yield from rule_violations(body, found, self.app.state.limits)


def announced(file: AnnouncedFileBody) -> AnnouncedFile:
    return AnnouncedFile(
        client_id=file.client_id,
        media_type=file.media_type,
        filename=file.filename,
        content_type=file.content_type,
        size=file.bytes,
        checksum=file.checksum,
        sequence=file.sequence,
        orientation=file.orientation,
        title=file.title,
    )


def rule_violations(body: dict[str, Any], found: Sequence[Violation], limits: UploadLimits) -> Iterator[Violation]:
    """Broken rules of all that is sound in a plain body, at their places in the whole."""
    broken = {violation.pointer for violation in found}
    reference, files = body.get("batchReference"), body.get("files")
    if isinstance(reference, str) and "/batchReference" not in broken:
        yield from reference_violations(reference)
    if not isinstance(files, list) or "/files" in broken:
        return
    drafts = [(index, _draft(index, file, broken)) for index, file in enumerate(files) if isinstance(file, dict)]
    judged = [*total_violations(len(files), [draft for _, draft in drafts], limits)]
    for index, draft in drafts:
        judged += file_violations(f"/files/{index}", draft, limits)
    judged += repetitions(drafts)
    yield from (violation for violation in judged if violation.pointer not in broken)


def _draft(index: int, file: dict[str, Any], broken: Collection[str]) -> AnnouncedFile:
    """The file with stand-ins for the members that cannot be read; what the rules think of those is left out later.

    Stand-ins differ from file to file, so that they are no repetitions.
    """
    stand_ins = {
        "clientId": f"?{index}",
        "mediaType": "",
        "filename": "?",
        "contentType": "",
        "bytes": 1,
        "checksum": _NO_CHECKSUM,
        "sequence": -1 - index,
    }
    readable = {name: value for name, value in file.items() if name in _MEMBERS}
    sound = {name: value for name, value in readable.items() if f"/files/{index}/{name}" not in broken}
    return announced(msgspec.convert(stand_ins | sound, AnnouncedFileBody))
