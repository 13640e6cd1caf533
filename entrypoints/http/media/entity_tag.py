"""What people say of a media, as HTTP names it (RFC 9110): a client changes what it has read, or nothing.

Not the whole of it: processing and uses go on meanwhile, and change nothing that a client could overwrite.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus

from litestar.exceptions import ClientException

from domain.media.media import Media

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_ANY = "*"


class PreconditionRequired(ClientException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    code = "PRECONDITION_REQUIRED"


class MalformedIfMatch(ClientException):
    code = "MALFORMED_IF_MATCH"


def entity_tag(media: Media) -> str:
    return f'"{media.edition}"'


def editions_of(if_match: Sequence[str]) -> set[str] | None:
    """What the lines of If-Match allow, None for whatever there is. Weak tags, and those of others, allow nothing.

    Raises PreconditionRequired without a line, MalformedIfMatch.
    """
    if not if_match:
        raise PreconditionRequired(detail="this needs a header If-Match: the ETag of the media as you read it, or *")
    given = ",".join(if_match).strip()
    if given == _ANY:
        return None
    tags = [_TAG.fullmatch(tag.strip()) for tag in given.split(",") if tag.strip()]
    if not tags or None in tags:
        raise MalformedIfMatch(detail='If-Match is * or a list of entity tags, such as "5f2b9c0d41e6a873"')
    return {tag[2] for tag in tags if tag and not tag[1]}
