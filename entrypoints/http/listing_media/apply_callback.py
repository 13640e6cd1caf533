from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.processing.apply_callback import ApplyCallback
from entrypoints.http.answering import accepted
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import callbacks
from entrypoints.http.listing_media.callback_signature import delivery_of
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.reading.pipeline_report import CallbackBody, command_of


@post(
    "/media/callbacks",
    status_code=HTTPStatus.ACCEPTED,
    summary="Report what an external pipeline has done",
    responses=answers(
        {HTTPStatus.ACCEPTED: Success("The report has been applied.")},
        {
            HTTPStatus.UNAUTHORIZED: ["SIGNATURE_REFUSED", "CALLBACK_REPLAYED"],
            HTTPStatus.NOT_FOUND: ["JOB_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CALLBACK_OUTDATED"],
        },
    ),
)
async def receive_callback(
    request: JsonRequest,
    data: Annotated[CallbackBody, shown(callbacks.CALLBACK)],
    apply_callback: NamedDependency[ApplyCallback],
) -> Response[bytes]:
    """Signed as Standard Webhooks, not with a token. Files that the report does not mention are never deleted; object
    keys lie below `{listingId}/processed/`.
    """
    await apply_callback(command_of(data, delivery_id=delivery_of(request)))
    return accepted()
