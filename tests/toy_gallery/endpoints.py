"""POST, GET, PUT and DELETE below /api/v2/artworks."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from domain.ids import MediaId
from entrypoints.http.answering import answer, created, no_content
from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.use_case import given
from entrypoints.media_consumers.media_consumer import Toolbox
from entrypoints.reading.texts import Line
from tests.toy_gallery.artwork import Artwork, GalleryMedia
from tests.toy_gallery.use_cases import (
    ArtworkEditor,
    ChangeArtwork,
    CreateArtwork,
    DeleteArtwork,
    GetArtwork,
    Shown,
)


class ShownBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    media_id: UUID
    is_primary: bool = False
    caption: Line | None = None


class ArtworkBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    title: Line
    media: Annotated[list[ShownBody], Meta(max_length=50)]


class ShownArtworkBody(msgspec.Struct, rename="camel"):
    artwork_id: UUID
    title: str
    media: list[ShownBody]


_ID = UUID("0197d1c0-0000-7000-8000-000000000001")
_BODY = ArtworkBody("Nenuphars", [ShownBody(_ID, is_primary=True, caption="In the morning")])
_SHOWN = ShownArtworkBody(_ID, _BODY.title, _BODY.media)
_REFUSED = {
    HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
    HTTPStatus.NOT_FOUND: ["ARTWORK_NOT_FOUND"],
    HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE", "ARTWORK_TITLE_TAKEN", "CONCURRENT_UPDATE"],
}


@post(
    "/",
    summary="Create an artwork",
    responses=answers(
        {HTTPStatus.CREATED: Success("The artwork.", _SHOWN)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE", "ARTWORK_TITLE_TAKEN"],
        },
    ),
)
async def make_artwork(
    request: JsonRequest, data: Annotated[ArtworkBody, shown(_BODY)], create_artwork: NamedDependency[CreateArtwork]
) -> Response[bytes]:
    """For those who run the store."""
    artwork = await create_artwork(request.user, _said(data))
    return created(_body_of(artwork), request, artwork.id)


@get(
    "/{artwork_id:uuid}",
    summary="See an artwork",
    responses=answers(
        {HTTPStatus.OK: Success("The artwork as it is now.", _SHOWN)},
        {HTTPStatus.NOT_FOUND: ["ARTWORK_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def show_artwork(
    request: JsonRequest, artwork_id: FromPath[UUID], get_artwork: NamedDependency[GetArtwork]
) -> Response[bytes]:
    return answer(_body_of(await get_artwork(request.user, artwork_id)), HTTPStatus.OK)


@put(
    "/{artwork_id:uuid}",
    summary="Change an artwork",
    responses=answers({HTTPStatus.OK: Success("The artwork as it is now.", _SHOWN)}, _REFUSED),
)
async def replace_artwork(
    request: JsonRequest,
    artwork_id: FromPath[UUID],
    data: Annotated[ArtworkBody, shown(_BODY)],
    change_artwork: NamedDependency[ChangeArtwork],
) -> Response[bytes]:
    """For those who run the store. Media that it does not show any more are released."""
    return answer(_body_of(await change_artwork(request.user, artwork_id, _said(data))), HTTPStatus.OK)


@delete(
    "/{artwork_id:uuid}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete an artwork",
    responses=answers({HTTPStatus.NO_CONTENT: Success("It is gone.")}, _REFUSED, takes_body=False),
)
async def remove_artwork(
    request: JsonRequest, artwork_id: FromPath[UUID], delete_artwork: NamedDependency[DeleteArtwork]
) -> Response[None]:
    """For those who run the store."""
    await delete_artwork(request.user, artwork_id)
    return no_content()


def artworks_routers(tools: Toolbox) -> Sequence[Router]:
    edit = ArtworkEditor(reconcile=tools.reconcile)
    router = Router(
        "/api/v2/artworks",
        route_handlers=[make_artwork, show_artwork, replace_artwork, remove_artwork],
        middleware=[TokenRequired(tools.token_verifier)],
        dependencies={
            "create_artwork": given(CreateArtwork(begin=tools.begin, edit=edit, ids=tools.ids)),
            "get_artwork": given(GetArtwork(begin=tools.begin)),
            "change_artwork": given(ChangeArtwork(begin=tools.begin, edit=edit)),
            "delete_artwork": given(DeleteArtwork(begin=tools.begin, reconcile=tools.reconcile)),
        },
        security=[{BEARER: []}],
        tags=["Artworks"],
    )
    return [router]


def _said(body: ArtworkBody) -> Shown:
    media = [
        GalleryMedia(media_id=MediaId(each.media_id), is_primary=each.is_primary, caption=each.caption)
        for each in body.media
    ]
    return Shown(title=body.title, media=media)


def _body_of(artwork: Artwork) -> ShownArtworkBody:
    media = [ShownBody(each.media_id, each.is_primary, each.caption) for each in artwork.media]
    return ShownArtworkBody(artwork.id, artwork.title, media)
