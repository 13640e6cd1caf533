"""The body that announces files: what the domain thinks of it is said together with what is wrong with its form."""

from collections.abc import Iterator, Sequence
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
    """Broken rules of those parts of a plain body whose form is sound, at their places in the whole."""
    broken = {violation.pointer for violation in found}
    reference, files = body.get("batchReference"), body.get("files")
    if isinstance(reference, str) and "/batchReference" not in broken:
        yield from reference_violations(reference)
    if not isinstance(files, list) or "/files" in broken:
        return
    unsound = {pointer.split("/")[2] for pointer in broken if pointer.startswith("/files/")}
    sound = [
        (index, announced(msgspec.convert(file, AnnouncedFileBody)))
        for index, file in enumerate(files)
        if str(index) not in unsound
    ]
    yield from total_violations(len(files), [file for _, file in sound], limits)
    for index, file in sound:
        yield from file_violations(f"/files/{index}", file, limits)
    yield from repetitions(sound)
