"""What the endpoints of playlists have in common: players send no token, so that the link carries the permission."""

from typing import Annotated

import msgspec
from litestar import Response
from msgspec import Meta

MEDIA_TYPE = "application/vnd.apple.mpegurl"
EXAMPLE = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=6000000,RESOLUTION=1920x1080\nhttps://...\n"
# Its references expire: a player may keep it, a shared cache may not.
_HEADERS = {"Cache-Control": "private, max-age=0, must-revalidate"}
_LATEST = 2**32


class PlaylistParameters(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    expires: Annotated[int, Meta(ge=0, le=_LATEST)]
    signature: Annotated[str, Meta(max_length=100)]


def playlist(text: str) -> Response[bytes]:
    return Response(content=text.encode(), media_type=MEDIA_TYPE, headers=_HEADERS)
