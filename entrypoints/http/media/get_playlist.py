from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.media.get_media_playlist import GetMediaPlaylist, MediaPlaylistQuery
from domain.ids import MediaId
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.playlists import EXAMPLE, EXPIRES, MEDIA_TYPE, SIGNATURE, PlaylistParameters, playlist
from entrypoints.reading.json_body import read_plain


@get(
    "/hls/{media_id:uuid}/{name:str}",
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
    media_id: FromPath[UUID],
    name: FromPath[str],
    get_media_playlist: NamedDependency[GetMediaPlaylist],
    expires: Annotated[str | None, EXPIRES] = None,
    signature: Annotated[str | None, SIGNATURE] = None,
) -> Response[bytes]:
    """The link itself carries the permission, since players send no token; the variant `hls` of a media is one."""
    given = read_plain({"expires": expires, "signature": signature}, PlaylistParameters)
    text = await get_media_playlist(
        MediaPlaylistQuery(media_id=MediaId(media_id), name=name, expires=given.expires, signature=given.signature)
    )
    return playlist(text)
