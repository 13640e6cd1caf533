from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.batches.get_playlist import GetPlaylist, PlaylistQuery
from domain.ids import AssetId
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.parameters import query_parameter
from entrypoints.http.listing_media.requests import PlaylistParameters
from entrypoints.reading.json_body import read_plain

_MEDIA_TYPE = "application/vnd.apple.mpegurl"
# Its references expire: a player may keep it, a shared cache may not.
_HEADERS = {"Cache-Control": "private, max-age=0, must-revalidate"}
_EXAMPLE = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=6000000,RESOLUTION=1920x1080\nhttps://...\n"
_EXPIRES = query_parameter("expires", {"type": "integer"}, required=True)
_SIGNATURE = query_parameter("signature", {"type": "string"}, required=True)


@get(
    "/media/hls/{asset_id:uuid}/{name:str}",
    media_type=_MEDIA_TYPE,
    summary="Play a video",
    responses=answers(
        {HTTPStatus.OK: Success("Every reference in it is signed.", _EXAMPLE, _MEDIA_TYPE)},
        {
            HTTPStatus.FORBIDDEN: ["LINK_REFUSED"],
            HTTPStatus.NOT_FOUND: ["ASSET_NOT_FOUND"],
            HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"],
        },
        takes_body=False,
        takes_token=False,
    ),
)
async def play_video(
    asset_id: FromPath[UUID],
    name: FromPath[str],
    get_playlist: NamedDependency[GetPlaylist],
    expires: Annotated[str | None, _EXPIRES] = None,
    signature: Annotated[str | None, _SIGNATURE] = None,
) -> Response[bytes]:
    """The link itself carries the permission, since players send no token; a download query makes it."""
    given = read_plain({"expires": expires, "signature": signature}, PlaylistParameters)
    text = await get_playlist(
        PlaylistQuery(asset_id=AssetId(asset_id), name=name, expires=given.expires, signature=given.signature)
    )
    return Response(content=text.encode(), media_type=_MEDIA_TYPE, headers=_HEADERS)
