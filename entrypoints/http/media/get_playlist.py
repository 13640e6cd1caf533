from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.media.get_media_playlist import GetMediaPlaylist, MediaPlaylistQuery
from domain.ids import MediaId
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.queried import queried
from entrypoints.http.playlists import EXAMPLE, MEDIA_TYPE, PlaylistParameters, playlist
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.query_string import read_parameters


@get(
    "/hls/{media_id:uuid}/{name:str}",
    operation_class=queried(PlaylistParameters),
    media_type=MEDIA_TYPE,
    summary="Play a video of the library",
    responses=answers(
        {HTTPStatus.OK: Success("Every reference in it is signed.", EXAMPLE, MEDIA_TYPE)},
        {
            HTTPStatus.FORBIDDEN: ["LINK_REFUSED"],
            HTTPStatus.NOT_FOUND: ["MEDIA_NOT_FOUND"],
            HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"],
        },
        takes_body=False,
        takes_token=False,
    ),
)
async def play_media(
    request: JsonRequest,
    media_id: FromPath[UUID],
    name: FromPath[str],
    get_media_playlist: NamedDependency[GetMediaPlaylist],
) -> Response[bytes]:
    """The link itself carries the permission, since players send no token; the variant `hls` of a media is one."""
    given = read_parameters(request, PlaylistParameters)
    text = await get_media_playlist(
        MediaPlaylistQuery(media_id=MediaId(media_id), name=name, expires=given.expires, signature=given.signature)
    )
    return playlist(text)
