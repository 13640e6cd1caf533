from dataclasses import dataclass
from http import HTTPStatus

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, RequestBody, Schema

from application.media.upload_media import UploadMedia, UploadMediaCommand
from domain.media.kind import MediaKind
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.creates import Creates
from entrypoints.http.documentation.examples import media as examples
from entrypoints.http.media.bodies import media_body
from entrypoints.http.media.created_media import created_media
from entrypoints.http.media.upload_form import WORDS, sent_along
from entrypoints.http.reading.file_form import FileForm
from entrypoints.http.reading.json_request import LOG_FACTS, JsonRequest

_TEXT = OpenAPIType.STRING
_FORM = Schema(
    type=OpenAPIType.OBJECT,
    properties={
        "kind": Schema(type=_TEXT, enum=list(MediaKind), description="What the file is for. Before the file."),
        "folder": Schema(type=_TEXT, min_length=1, max_length=100, default="general"),
        "altText": Schema(type=_TEXT, max_length=500),
        "description": Schema(type=_TEXT, max_length=10_000),
        "checksum": Schema(
            type=_TEXT,
            description="SHA-256 of the file as `sha256:<hex>`, hex or base64. Other bytes are refused.",
        ),
        "file": Schema(
            type=_TEXT, content_media_type="application/octet-stream", description="Exactly one, after all else."
        ),
    },
    required=["kind", "file"],
    examples=[examples.FORM],
)


@dataclass
class _TakesForm(Creates):
    """Litestar describes bodies that it reads itself; this one we read as it comes."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.request_body = RequestBody(required=True, content={"multipart/form-data": OpenAPIMediaType(schema=_FORM)})


@post(
    "/upload",
    status_code=HTTPStatus.CREATED,
    request_max_body_size=None,
    operation_class=_TakesForm,
    summary="Upload a file through the API",
    responses=answers(
        {HTTPStatus.CREATED: Success("The media is there, with its `ETag`.", examples.UPLOADED)},
        {
            HTTPStatus.BAD_REQUEST: ["MALFORMED_FORM", "BODY_INCOMPLETE"],
            HTTPStatus.REQUEST_TIMEOUT: ["BODY_TIMEOUT"],
            HTTPStatus.CONFLICT: ["MEDIA_MISMATCH", "MEDIA_NOT_PENDING"],
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ["MEDIA_TOO_LARGE"],
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ["UNSUPPORTED_MEDIA_TYPE", "MEDIA_TYPE_NOT_ALLOWED"],
            HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED", "UNREADABLE_MEDIA"],
            HTTPStatus.SERVICE_UNAVAILABLE: ["UNAVAILABLE", "TOO_MANY_UPLOADS"],
        },
    ),
)
async def upload_file(request: JsonRequest, upload_media: NamedDependency[UploadMedia]) -> Response[bytes]:
    """The fields come first, then the file, and nothing behind it. Its bytes are looked into and hashed while they flow
    to the store. Too large, of a type that its kind does not take, or a picture that cannot be opened: the answer comes
    as soon as that is known, and nothing is kept.
    """
    form = FileForm(request, words=WORDS)
    sent = sent_along(await form.opening())
    command = UploadMediaCommand(principal=request.user, sent=sent, at_least=form.at_least)
    media = await upload_media(command, form.file())
    request.scope["state"][LOG_FACTS] = {"media_id": media.id}
    return created_media(media, media_body(media))
