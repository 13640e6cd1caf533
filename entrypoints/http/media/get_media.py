from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.media.get_media import GetMedia, MediaQuery
from domain.ids import MediaId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import library
from entrypoints.http.media.bodies import media_detail_body
from entrypoints.http.media.entity_tag import entity_tag
from entrypoints.http.reading.json_request import JsonRequest


@get(
    "/{media_id:uuid}",
    summary="See a media",
    responses=answers(
        {HTTPStatus.OK: Success("The media; its `ETag` is what a change needs.", library.DETAIL)},
        {HTTPStatus.NOT_FOUND: ["MEDIA_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def fetch_media(
    request: JsonRequest, media_id: FromPath[UUID], get_media: NamedDependency[GetMedia]
) -> Response[bytes]:
    """URLs live until `expiresAt`. One that is PENDING or in quarantine has none; one that is on its way out is not
    found, nor is a confidential one of somebody else.
    """
    found = await get_media(MediaQuery(principal=request.user, media_id=MediaId(media_id)))
    response = answer(media_detail_body(found.media, found.downloads), HTTPStatus.OK)
    response.headers["ETag"] = entity_tag(found.media)
    return response
