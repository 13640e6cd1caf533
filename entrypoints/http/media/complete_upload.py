from http import HTTPStatus
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.media.complete_upload import CompleteUpload, CompleteUploadCommand
from domain.ids import MediaId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import media as examples
from entrypoints.http.media.bodies import media_body
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/{media_id:uuid}/complete",
    status_code=HTTPStatus.OK,
    summary="Say that an announced file is uploaded",
    responses=answers(
        {HTTPStatus.OK: Success("The media is there. The same call again answers the same.", examples.UPLOADED)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["MEDIA_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["MEDIA_NOT_ARRIVED", "MEDIA_MISMATCH", "MEDIA_NOT_PENDING"],
            HTTPStatus.UNPROCESSABLE_ENTITY: ["UNREADABLE_MEDIA"],
        },
        takes_body=False,
    ),
)
async def complete_media(
    request: JsonRequest, media_id: FromPath[UUID], complete_upload: NamedDependency[CompleteUpload]
) -> Response[bytes]:
    """The object is looked at before anything changes: its size, its SHA-256, its first bytes. What is not as announced
    is removed. Another number of bytes or another SHA-256 can be mended by another PUT; bytes of another type than
    announced, and a picture that cannot be opened, cannot: then the media has FAILED, and the same call again is
    told why again.
    """
    media = await complete_upload(CompleteUploadCommand(principal=request.user, media_id=MediaId(media_id)))
    return answer(media_body(media), HTTPStatus.OK)
