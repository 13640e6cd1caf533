from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter

from application.media.update_media import UpdateMedia, UpdateMediaCommand
from domain.ids import MediaId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import library
from entrypoints.http.media.bodies import media_body
from entrypoints.http.media.changes import ChangeRequest, changes_of
from entrypoints.http.media.entity_tag import editions_of, entity_tag
from entrypoints.http.media.requests import UpdateMediaBody

_IF_MATCH = HeaderParameter(
    name="If-Match",
    description='The `ETag` of the media as it was read, such as `"5f2b9c0d41e6a873"`, or `*`.',
    required=False,
)


@patch(
    "/{media_id:uuid}",
    request_class=ChangeRequest,
    summary="Change what is said of a media",
    responses=answers(
        {HTTPStatus.OK: Success("The media as it is now, with its new `ETag`.", library.UPDATED)},
        {
            HTTPStatus.BAD_REQUEST: ["MALFORMED_JSON", "MALFORMED_IF_MATCH"],
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["MEDIA_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
            HTTPStatus.PRECONDITION_FAILED: ["MEDIA_CHANGED"],
            HTTPStatus.PRECONDITION_REQUIRED: ["PRECONDITION_REQUIRED"],
        },
    ),
)
async def change_media(
    request: ChangeRequest,
    media_id: FromPath[UUID],
    data: Annotated[UpdateMediaBody, shown(library.CHANGE)],
    update_media: NamedDependency[UpdateMedia],
    if_match: Annotated[str | None, _IF_MATCH] = None,  # noqa: ARG001 - for the documentation: there may be several
) -> Response[bytes]:
    """A member that is left out stays as it is; null clears `altText` and `description`. For its uploader and those
    who run the store.
    """
    media = await update_media(
        UpdateMediaCommand(
            principal=request.user,
            media_id=MediaId(media_id),
            editions=editions_of(request.headers.getall("if-match", [])),
            changes=changes_of(data),
        )
    )
    response = answer(media_body(media), HTTPStatus.OK)
    response.headers["ETag"] = entity_tag(media)
    return response
