from http import HTTPStatus

import msgspec
from litestar import Response
from litestar.enums import MediaType

_encoder = msgspec.json.Encoder()
_NO_STORE = {"Cache-Control": "no-store"}


def answer(body: msgspec.Struct, status: HTTPStatus) -> Response[bytes]:
    """Encoded once and here: Litestar passes bytes on. No cache keeps what carries signed URLs."""
    return Response(content=_encoder.encode(body), status_code=status, media_type=MediaType.JSON, headers=_NO_STORE)


def accepted() -> Response[bytes]:
    """There is nothing more to say."""
    return Response(content=b"", status_code=HTTPStatus.ACCEPTED, media_type=MediaType.TEXT)


def no_content() -> Response[None]:
    return Response(content=None, status_code=HTTPStatus.NO_CONTENT)
