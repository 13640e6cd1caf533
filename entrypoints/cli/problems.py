"""A refusal of the API, as a sentence."""

from collections.abc import Sequence
from http import HTTPStatus

import msgspec

from entrypoints.cli.errors import CommandFailed

_MOST_SHOWN = 20
_HINTS = {
    "LISTING_NOT_FOUND": "`vitrine listing` makes one that awaits media.",
    "LISTING_NOT_AWAITING_MEDIA": "`vitrine listing` makes one that awaits media.",
    "BATCH_REFERENCE_TAKEN": "The folder has changed since, or another one has the same name: choose a --reference.",
    "UPLOAD_EXPIRED": "Run the command again with another --reference.",
}


class ErrorItem(msgspec.Struct, frozen=True):
    """`pointer` is a JSON pointer into the request, "" for the whole of it."""

    pointer: str = ""
    code: str = ""
    detail: str = ""


class BlockerItem(msgspec.Struct, frozen=True, rename="camel"):
    entity_type: str = ""
    entity_id: str = ""


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457, as far as people read it."""

    code: str = ""
    detail: str = ""
    errors: Sequence[ErrorItem] = ()
    blockers: Sequence[BlockerItem] = ()


class ApiRefused(CommandFailed):
    """`code` is stable; `errors` holds every violation."""

    def __init__(self, status: int, code: str, detail: str, errors: Sequence[ErrorItem] = ()) -> None:
        super().__init__(_sentence(status, code, detail, errors))
        self.status = status
        self.code = code
        self.errors = errors


def refusal(status: int, body: bytes) -> ApiRefused:
    """From an answer that is no success; a proxy in between may have written something else than a problem."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return ApiRefused(status, "", f"The answer was {status} {_phrase(status)}: is this the address of the API?")
    errors = [*problem.errors, *(ErrorItem(each.entity_type, "PROTECTED", each.entity_id) for each in problem.blockers)]
    return ApiRefused(status, problem.code, problem.detail, errors)


def _sentence(status: int, code: str, detail: str, errors: Sequence[ErrorItem]) -> str:
    lines = [f"{detail[:1].upper()}{detail[1:].rstrip('.')}."]
    lines += [f"  {error.pointer or '(request)'}: {error.detail} ({error.code})" for error in errors[:_MOST_SHOWN]]
    if len(errors) > _MOST_SHOWN:
        lines.append(f"  and {len(errors) - _MOST_SHOWN} more")
    if status == HTTPStatus.UNAUTHORIZED:
        lines.append(
            "`vitrine token` prints a new token. Without --token one is signed with the secret of the data folder "
            "of this working directory: run the command where the server was started."
        )
    elif code in _HINTS:
        lines.append(_HINTS[code])
    return "\n".join(lines)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "unknown"
