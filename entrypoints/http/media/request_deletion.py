from http import HTTPStatus
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.attachments.foresee_deletion import ForeseeDeletion
from application.attachments.request_deletion import RequestDeletion, RequestDeletionCommand
from domain.ids import MediaId
from entrypoints.http.answering import answer, no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import library
from entrypoints.http.documentation.queried import queried
from entrypoints.http.media.bodies import forecast_body
from entrypoints.http.media.requests import DeletionParameters
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.query_string import read_parameters


@delete(
    "/{media_id:uuid}",
    operation_class=queried(DeletionParameters),
    status_code=HTTPStatus.OK,
    summary="Delete a media",
    responses=answers(
        {
            HTTPStatus.NO_CONTENT: Success("It is on its way out, or gone already."),
            HTTPStatus.OK: Success("What would happen, with `dryRun=true`.", library.FORECAST),
        },
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["MEDIA_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["MEDIA_PROTECTED", "CONCURRENT_UPDATE"],
            HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"],
        },
        takes_body=False,
    ),
)
async def delete_media(
    request: JsonRequest,
    media_id: FromPath[UUID],
    request_deletion: NamedDependency[RequestDeletion],
    foresee_deletion: NamedDependency[ForeseeDeletion],
) -> Response[bytes] | Response[None]:
    """For its uploader and those who run the store. From now on nobody finds or attaches it; entities that use it let
    go of it one after the other, in the background. A protected use forbids it: `blockers` lists each of them.
    """
    given = read_parameters(request, DeletionParameters)
    command = RequestDeletionCommand(principal=request.user, media_id=MediaId(media_id))
    if given.dry_run:
        return answer(forecast_body(await foresee_deletion(command)), HTTPStatus.OK)
    await request_deletion(command)
    return no_content()
