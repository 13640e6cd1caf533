"""PUT and DELETE /api/v2/artworks/{artwork_id}."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from domain.ids import MediaId
from entrypoints.http.authentication import TokenRequired
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.use_case import given
from entrypoints.media_consumers.media_consumer import Toolbox
from tests.toy_gallery.artwork import GalleryMedia
from tests.toy_gallery.show_artwork import RemoveArtwork, ShowArtwork


class ShownBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    media_id: UUID
    is_primary: bool = False
    caption: str | None = None


class ArtworkBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    title: str
    media: list[ShownBody]


@put("/{artwork_id:uuid}", status_code=HTTPStatus.NO_CONTENT)
async def put_artwork(
    request: JsonRequest,
    artwork_id: FromPath[UUID],
    data: JSONBody[ArtworkBody],
    show_artwork: NamedDependency[ShowArtwork],
) -> None:
    media = [
        GalleryMedia(media_id=MediaId(shown.media_id), is_primary=shown.is_primary, caption=shown.caption)
        for shown in data.media
    ]
    await show_artwork(request.user, artwork_id, data.title, media)


@delete("/{artwork_id:uuid}")
async def delete_artwork(
    request: JsonRequest, artwork_id: FromPath[UUID], remove_artwork: NamedDependency[RemoveArtwork]
) -> Response[None]:
    await remove_artwork(request.user, artwork_id)
    return Response(None, status_code=HTTPStatus.NO_CONTENT)


def artworks_routers(tools: Toolbox) -> Sequence[Router]:
    router = Router(
        "/api/v2/artworks",
        route_handlers=[put_artwork, delete_artwork],
        middleware=[TokenRequired(tools.token_verifier)],
        dependencies={
            "show_artwork": given(ShowArtwork(begin=tools.begin, reconcile=tools.reconcile)),
            "remove_artwork": given(RemoveArtwork(begin=tools.begin, reconcile=tools.reconcile)),
        },
    )
    return [router]
