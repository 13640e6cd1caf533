from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.processing.apply_callback import ApplyCallback
from application.processing.pipeline_report import ApplyCallbackCommand, ReportedOutput
from domain.ids import AssetId, JobId
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import callbacks
from entrypoints.http.listing_media.answering import accepted
from entrypoints.http.listing_media.callback_signature import delivery_of
from entrypoints.http.listing_media.requests import CallbackBody, ReportedOutputBody
from entrypoints.http.reading.json_request import JsonRequest


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
    await apply_callback(
        ApplyCallbackCommand(
            delivery_id=delivery_of(request),
            job_id=JobId(data.job_id),
            attempt=data.attempt,
            status=data.status,
            outputs=[_output(output) for output in data.outputs],
            archive_key=data.zip.key if data.zip else None,
            error_code=data.error.code if data.error else None,
            error_detail=data.error.detail if data.error else None,
        )
    )
    return accepted()


def _output(output: ReportedOutputBody) -> ReportedOutput:
    return ReportedOutput(
        asset_id=AssetId(output.asset_id),
        processed_key=output.processed_key,
        thumbnail_key=output.thumbnail_key,
        renditions=output.renditions,
        error_code=output.error_code,
    )
