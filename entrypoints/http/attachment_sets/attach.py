from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, RequestBody, Schema
from litestar.params import FromPath

from application.attachment_sets.attach_file import AttachFile, AttachFileCommand
from application.attachment_sets.attach_link import AttachLink, AttachLinkCommand
from application.attachment_sets.attach_media import AttachMedia, AttachMediaCommand
from application.attachment_sets.attachment_links import ShownAttachment
from domain.attachment_sets.set_attachment import MAX_TITLE
from domain.errors import Rejected
from domain.ids import AttachmentSetId, MediaId
from domain.web.web_address import MAX_LENGTH
from entrypoints.http.answering import created
from entrypoints.http.attachment_sets import examples
from entrypoints.http.attachment_sets.attachment_form import WORDS, named_file
from entrypoints.http.attachment_sets.requests import AttachBody
from entrypoints.http.attachment_sets.responses import attachment_body
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.creates import Creates
from entrypoints.http.reading.file_form import FORM_TYPE, FileForm
from entrypoints.http.reading.json_request import LOG_FACTS, JsonRequest, UnsupportedMediaType
from entrypoints.reading.json_body import read_json

_TEXT = OpenAPIType.STRING
_FORM = Schema(
    type=OpenAPIType.OBJECT,
    properties={
        "title": Schema(type=_TEXT, min_length=1, max_length=MAX_TITLE, description="Its file name when left out."),
        "file": Schema(
            type=_TEXT,
            content_media_type="application/octet-stream",
            description="Exactly one, after the title: JPEG, PNG, WebP, SVG or PDF, as its bytes prove it.",
        ),
    },
    required=["file"],
    examples=[examples.FORM],
)
_JSON = Schema(
    title=AttachBody.__name__,
    type=OpenAPIType.OBJECT,
    properties={
        "title": Schema(type=_TEXT, min_length=1, max_length=MAX_TITLE, description="What is found when left out."),
        "url": Schema(type=_TEXT, min_length=1, max_length=MAX_LENGTH, description="A public http or https address."),
        "mediaId": Schema(type=_TEXT, format=OpenAPIFormat.UUID, description="A media of the library."),
    },
    additional_properties=False,
    one_of=[Schema(required=["url"]), Schema(required=["mediaId"])],
    examples=[msgspec.to_builtins(example) for example in (examples.LINK, examples.FROM_LIBRARY)],
)


@dataclass
class _TakesFormOrJson(Creates):
    """Litestar describes bodies that it reads itself; this one we read as it comes."""

    def __post_init__(self) -> None:
        super().__post_init__()
        content = {FORM_TYPE: OpenAPIMediaType(schema=_FORM), MediaType.JSON.value: OpenAPIMediaType(schema=_JSON)}
        self.request_body = RequestBody(required=True, content=content)


@post(
    "/{set_id:uuid}/attachments",
    operation_class=_TakesFormOrJson,
    summary="Attach a file, an address or a media",
    responses=answers(
        {HTTPStatus.CREATED: Success("The attachment.", examples.IMAGE)},
        {
            HTTPStatus.BAD_REQUEST: ["MALFORMED_JSON", "MALFORMED_FORM", "BODY_INCOMPLETE"],
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["ATTACHMENT_SET_NOT_FOUND"],
            HTTPStatus.REQUEST_TIMEOUT: ["BODY_TIMEOUT"],
            HTTPStatus.CONFLICT: [
                *("ATTACHMENT_SET_FULL", "MEDIA_NOT_ATTACHABLE", "MEDIA_NOT_PENDING", "CONCURRENT_UPDATE"),
            ],
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ["REQUEST_ENTITY_TOO_LARGE", "MEDIA_TOO_LARGE"],
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ["UNSUPPORTED_MEDIA_TYPE", "MEDIA_TYPE_NOT_ALLOWED"],
            HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED", "UNREADABLE_MEDIA"],
            HTTPStatus.SERVICE_UNAVAILABLE: ["UNAVAILABLE", "TOO_MANY_UPLOADS"],
        },
    ),
)
async def attach(
    request: JsonRequest,
    set_id: FromPath[UUID],
    attach_file: NamedDependency[AttachFile],
    attach_link: NamedDependency[AttachLink],
    attach_media: NamedDependency[AttachMedia],
) -> Response[bytes]:
    """For those who run the store. A file comes as a form, its title first, and flows to the store; whatever ends its
    upload, nothing stays. An address is fetched by a worker, later: an image or a PDF that is found there becomes the
    attachment. The first image becomes the cover where there is none.
    """
    target = AttachmentSetId(set_id)
    match request.media_type:
        case "multipart/form-data":
            shown = await _attach_form(request, target, attach_file)
        case "application/json":
            shown = await _attach_json(request, target, attach_link, attach_media)
        case _:
            raise UnsupportedMediaType(detail="this takes multipart/form-data or application/json")
    request.scope["state"][LOG_FACTS] = {"attachment_id": shown.attachment.id, "media_id": shown.attachment.media_id}
    return created(attachment_body(shown), request, shown.attachment.id)


async def _attach_form(request: JsonRequest, set_id: AttachmentSetId, attach_file: AttachFile) -> ShownAttachment:
    # The limit of bodies is one of those that are kept in memory. This one is not, and has limits of its own.
    form = FileForm(request, words=WORDS)
    named = named_file(await form.opening())
    command = AttachFileCommand(
        principal=request.user,
        set_id=set_id,
        title=named.title,
        filename=named.filename,
        at_least=form.at_least,
    )
    return await attach_file(command, form.file())


async def _attach_json(
    request: JsonRequest, set_id: AttachmentSetId, attach_link: AttachLink, attach_media: AttachMedia
) -> ShownAttachment:
    body = read_json(await request.raw_body(), AttachBody)
    violations = list(body.violations())
    if violations:
        raise Rejected("an attachment is made of one thing; see errors", violations)
    if body.url is not None:
        return await attach_link(
            AttachLinkCommand(principal=request.user, set_id=set_id, title=body.title, url=body.url)
        )
    assert body.media_id is not None
    return await attach_media(
        AttachMediaCommand(principal=request.user, set_id=set_id, title=body.title, media_id=MediaId(body.media_id))
    )
