from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.media.presign_upload import PresignUpload, PresignUploadCommand
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.creates import Creates
from entrypoints.http.documentation.examples import media as examples
from entrypoints.http.media.announcement import PresignRequest, announced
from entrypoints.http.media.created_media import created_media
from entrypoints.http.media.requests import PresignUploadBody
from entrypoints.http.media.responses import PresignedUploadBody


@post(
    "/presign",
    request_class=PresignRequest,
    operation_class=Creates,
    summary="Announce a file and get a signed URL to upload it",
    responses=answers(
        {HTTPStatus.CREATED: Success("A media that awaits its bytes, with its `ETag`.", examples.PRESIGNED)}, {}
    ),
)
async def presign_media(
    request: PresignRequest,
    data: Annotated[PresignUploadBody, shown(examples.PRESIGN)],
    presign_upload: NamedDependency[PresignUpload],
) -> Response[bytes]:
    """The signature covers type, length and SHA-256: the store takes these bytes and no others. Nothing is there until
    the upload is completed; what is not completed within a day fails with UPLOAD_EXPIRED.
    """
    ticket = await presign_upload(PresignUploadCommand(principal=request.user, announced=announced(data)))
    body = PresignedUploadBody(
        media_id=ticket.media.id,
        upload_url=ticket.upload.url,
        method="PUT",
        headers=dict(ticket.upload.headers),
        key=ticket.media.storage_key,
        expires_at=ticket.expires_at,
    )
    return created_media(ticket.media, body)
