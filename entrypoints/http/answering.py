from http import HTTPStatus
from uuid import UUID

import msgspec
from litestar import Response
from litestar.enums import MediaType

from entrypoints.http.reading.json_request import JsonRequest

_encoder = msgspec.json.Encoder()
_NO_STORE = {"Cache-Control": "no-store"}


def answer(body: msgspec.Struct, status: HTTPStatus) -> Response[bytes]:
    """Encoded once and here: Litestar passes bytes on. No cache keeps what carries signed URLs."""
    return Response(content=_encoder.encode(body), status_code=status, media_type=MediaType.JSON, headers=_NO_STORE)


def created(body: msgspec.Struct, request: JsonRequest, created_id: UUID) -> Response[bytes]:
    """It lies below the collection that was asked for it."""
    response = answer(body, HTTPStatus.CREATED)
    response.headers["Location"] = f"{request.url.path.rstrip('/')}/{created_id}"
    return response


def created_elsewhere(path: str, body: msgspec.Struct) -> Response[bytes]:
    """It lies somewhere else than below what was asked for it."""
    response = answer(body, HTTPStatus.CREATED)
    response.headers["Location"] = path
    return response


def accepted() -> Response[bytes]:
    """There is nothing more to say."""
    return Response(content=b"", status_code=HTTPStatus.ACCEPTED, media_type=MediaType.TEXT)


def no_content() -> Response[None]:
    return Response(content=None, status_code=HTTPStatus.NO_CONTENT)
