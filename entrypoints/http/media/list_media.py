from http import HTTPStatus

from litestar import Response, get
from litestar.di import NamedDependency

from application.media.list_media import ListMedia, ListMediaQuery
from domain.ids import MediaId, UserId
from domain.media.media import MediaStatus
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import library
from entrypoints.http.documentation.queried import queried
from entrypoints.http.media.bodies import listed_media_body
from entrypoints.http.media.requests import LibraryParameters
from entrypoints.http.media.responses import MediaPageBody
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.query_string import read_parameters


@get(
    "/",
    operation_class=queried(LibraryParameters),
    summary="Look through the library",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", library.PAGE)},
        {HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def find_media(request: JsonRequest, list_media: NamedDependency[ListMedia]) -> Response[bytes]:
    """All that is given must apply. What is on its way out is not shown; confidential media are, to their uploader and
    to those who run the store.
    """
    given = read_parameters(request, LibraryParameters)
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
