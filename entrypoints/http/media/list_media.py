from http import HTTPStatus
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency

from application.media.list_media import ListMedia, ListMediaQuery
from domain.ids import MediaId, UserId
from domain.media.content_class import ContentClass
from domain.media.kind import MediaKind
from domain.media.media import MediaStatus
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import library
from entrypoints.http.documentation.parameters import CURSOR, LIMIT, query_parameter
from entrypoints.http.media.bodies import listed_media_body
from entrypoints.http.media.requests import LibraryParameters, ShownStatus
from entrypoints.http.media.responses import MediaPageBody
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.reading.json_body import read_plain

_KIND = query_parameter("kind", {"type": "string", "enum": [kind.value for kind in MediaKind]})
_MEDIA_TYPE = query_parameter("mediaType", {"type": "string", "enum": [each.value for each in ContentClass]})
_FOLDER = query_parameter("folder", {"type": "string"}, description="This very folder.")
_MIME = query_parameter("mime", {"type": "string"}, description="Such as `image/png`.")
_STATUS = query_parameter("status", {"type": "string", "enum": [status.value for status in ShownStatus]})
_UPLOADER = query_parameter("uploader", {"type": "string", "format": "uuid"}, description="The user who brought it.")
_UNUSED = query_parameter("unused", {"type": "boolean"}, description="Only what no entity uses.")
_SEARCH = query_parameter("search", {"type": "string"}, description="Words; each begins a word of the name.")


@get(
    "/",
    summary="Look through the library",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", library.PAGE)},
        {HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def find_media(
    request: JsonRequest,
    list_media: NamedDependency[ListMedia],
    *,
    kind: Annotated[str | None, _KIND] = None,
    media_type: Annotated[str | None, _MEDIA_TYPE] = None,
    folder: Annotated[str | None, _FOLDER] = None,
    mime: Annotated[str | None, _MIME] = None,
    status: Annotated[str | None, _STATUS] = None,
    uploader: Annotated[str | None, _UPLOADER] = None,
    unused: Annotated[str | None, _UNUSED] = None,
    search: Annotated[str | None, _SEARCH] = None,
    cursor: Annotated[str | None, CURSOR] = None,
    limit: Annotated[str | None, LIMIT] = None,
) -> Response[bytes]:
    """All that is given must apply. What is on its way out is not shown; confidential media are, to their uploader and
    to those who run the store.
    """
    given = read_plain(
        {
            "kind": kind,
            "mediaType": media_type,
            "folder": folder,
            "mime": mime,
            "status": status,
            "uploader": uploader,
            "unused": unused,
            "search": search,
            "cursor": cursor,
            "limit": limit,
        },
        LibraryParameters,
    )
    page = await list_media(
        ListMediaQuery(
            principal=request.user,
            before=MediaId(decode_cursor(given.cursor)) if given.cursor is not None else None,
            limit=given.limit,
            kind=given.kind,
            content_class=given.media_type,
            folder=given.folder,
            mime_type=given.mime,
            status=MediaStatus(given.status) if given.status else None,
            uploader=UserId(given.uploader) if given.uploader else None,
            unused=given.unused,
            search=given.search or "",
        )
    )
    body = MediaPageBody(
        media=[listed_media_body(each.media, each.thumbnail) for each in page.media],
        next_cursor=encode_cursor(page.next_before) if page.next_before else None,
    )
    return answer(body, HTTPStatus.OK)
