import msgspec
from litestar import Response

from domain.media.media import Media
from entrypoints.http.answering import created_elsewhere
from entrypoints.http.media.entity_tag import entity_tag

PATH = "/api/v2/media"


def created_media(media: Media, body: msgspec.Struct) -> Response[bytes]:
    """With all that a client needs to change it."""
    response = created_elsewhere(f"{PATH}/{media.id}", body)
    response.headers["ETag"] = entity_tag(media)
    return response
