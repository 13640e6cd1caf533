from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.batches.retry_batch import RetryBatch, RetryBatchCommand
from domain.batches.batch import BatchStatus
from domain.ids import BatchId, ListingId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import batches
from entrypoints.http.listing_media.requests import BatchBody
from entrypoints.http.listing_media.responses import StartedJobBody
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/media/uploads/retry",
    status_code=HTTPStatus.ACCEPTED,
    summary="Process a batch again",
    responses=answers(
        {HTTPStatus.ACCEPTED: Success("A new run begins.", batches.RETRIED)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LISTING_NOT_FOUND", "BATCH_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["BATCH_NOT_RETRYABLE"],
        },
    ),
)
async def retry_processing(
    request: JsonRequest,
    data: Annotated[BatchBody, shown(batches.BATCH)],
    retry_batch: NamedDependency[RetryBatch],
) -> Response[bytes]:
    """Its failed files after a failure, all of them when it was READY: then what is there stays downloadable until
    the new version is.
    """
    job = await retry_batch(
        RetryBatchCommand(
            principal=request.user, listing_id=ListingId(data.listing_id), batch_id=BatchId(data.batch_id)
        )
    )
    return answer(StartedJobBody(job_id=job.id, status=BatchStatus.PROCESSING), HTTPStatus.ACCEPTED)
