from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachments.list_usages import ListUsages, ListUsagesQuery
from domain.ids import MediaId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import library
from entrypoints.http.documentation.queried import queried
from entrypoints.http.media.bodies import usage_body
from entrypoints.http.media.requests import UsagesParameters
from entrypoints.http.media.responses import UsagePageBody
from entrypoints.http.reading.cursor import decode_place, encode_place
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.query_string import read_parameters


@get(
    "/{media_id:uuid}/usages",
    operation_class=queried(UsagesParameters),
    summary="See who uses a media",
    responses=answers(
        {HTTPStatus.OK: Success("By entity type, then by entity.", library.USAGES)},
        {HTTPStatus.NOT_FOUND: ["MEDIA_NOT_FOUND"], HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def find_usages(
    request: JsonRequest, media_id: FromPath[UUID], list_usages: NamedDependency[ListUsages]
) -> Response[bytes]:
    """What is `protected` keeps the media from being deleted."""
    given = read_parameters(request, UsagesParameters)
    page = await list_usages(
        ListUsagesQuery(
            principal=request.user,
            media_id=MediaId(media_id),
            after=decode_place(given.cursor) if given.cursor is not None else None,
            limit=given.limit,
        )
    )
    body = UsagePageBody(
        usages=[usage_body(usage) for usage in page.usages],
        next_cursor=encode_place(page.next_after) if page.next_after else None,
    )
    return answer(body, HTTPStatus.OK)
