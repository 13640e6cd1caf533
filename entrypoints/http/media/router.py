"""The endpoints of the media library."""

from litestar import Router

from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.media.complete_upload import complete_media
from entrypoints.http.media.created_media import PATH
from entrypoints.http.media.get_media import fetch_media
from entrypoints.http.media.get_playlist import play_media
from entrypoints.http.media.list_media import find_media
from entrypoints.http.media.list_usages import find_usages
from entrypoints.http.media.presign_upload import presign_media
from entrypoints.http.media.request_deletion import delete_media
from entrypoints.http.media.update_media import change_media
from entrypoints.http.media.upload_media import upload_file
from entrypoints.http.services import HttpServices
from entrypoints.http.use_case import given

_WITH_TOKEN = [
    upload_file,
    presign_media,
    complete_media,
    find_media,
    fetch_media,
    change_media,
    find_usages,
    delete_media,
]


def media_routers(services: HttpServices) -> list[Router]:
    with_token = Router(
        PATH,
        route_handlers=_WITH_TOKEN,
        middleware=[TokenRequired(services.token_verifier)],
        dependencies={
            "upload_media": given(services.upload_media),
            "presign_upload": given(services.presign_upload),
            "complete_upload": given(services.complete_upload),
            "get_media": given(services.get_media),
            "list_media": given(services.list_media),
            "update_media": given(services.update_media),
            "list_usages": given(services.list_usages),
            "foresee_deletion": given(services.foresee_deletion),
            "request_deletion": given(services.request_deletion),
        },
        security=[{BEARER: []}],
        tags=["Media library"],
    )
    with_link = Router(
        PATH,
        route_handlers=[play_media],
        dependencies={"get_media_playlist": given(services.get_media_playlist)},
        security=[{}],
        tags=["Playback"],
    )
    return [with_token, with_link]
