"""The body that changes what is said of a media: what the rules think of it is said together with what is wrong with
its form.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from application.media.update_media import MediaChanges, change_violations
from domain.errors import Violation
from entrypoints.http.media.requests import UpdateMediaBody
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.patching import change_of

_MEMBERS = frozenset(field.encode_name for field in msgspec.structs.fields(UpdateMediaBody))


class ChangeRequest(JsonRequest):
    def further_violations(self, body: Any, found: Sequence[Violation]) -> Iterator[Violation]:
        """Of the members that can be read."""
        if not isinstance(body, dict):
            return
        broken = {violation.pointer for violation in found}
        sound = {name: value for name, value in body.items() if name in _MEMBERS and f"/{name}" not in broken}
        yield from change_violations(changes_of(msgspec.convert(sound, UpdateMediaBody)))


def changes_of(body: UpdateMediaBody) -> MediaChanges:
    return MediaChanges(
        alt_text=change_of(body.alt_text, str),
        description=change_of(body.description, str),
        folder=None if body.folder is UNSET else body.folder,
        original_name=None if body.original_name is UNSET else body.original_name,
    )
