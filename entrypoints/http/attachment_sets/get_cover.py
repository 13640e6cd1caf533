from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachment_sets.get_cover import GetCover
from application.attachment_sets.get_set import SetQuery
from domain.ids import AttachmentSetId
from entrypoints.http.answering import answer
from entrypoints.http.attachment_sets import examples
from entrypoints.http.attachment_sets.responses import cover_body
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@get(
    "/{set_id:uuid}/cover",
    summary="See the cover of a set",
    responses=answers(
        {HTTPStatus.OK: Success("The attachment that is the cover, or null.", examples.COVER)},
        {HTTPStatus.NOT_FOUND: ["ATTACHMENT_SET_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def show_cover(
    request: JsonRequest, set_id: FromPath[UUID], get_cover: NamedDependency[GetCover]
) -> Response[bytes]:
    cover = await get_cover(SetQuery(principal=request.user, set_id=AttachmentSetId(set_id)))
    return answer(cover_body(cover), HTTPStatus.OK)
