from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.batches.complete_upload_batch import CompleteUploadBatch, CompleteUploadBatchCommand
from application.batches.verify_uploads import ClaimedUpload
from domain.batches.batch import BatchStatus
from domain.ids import BatchId, ListingId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import uploads
from entrypoints.http.listing_media.requests import CompleteUploadBatchBody, UploadedFileBody
from entrypoints.http.listing_media.responses import StartedJobBody
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/media/uploads/complete",
    status_code=HTTPStatus.ACCEPTED,
    summary="Say that everything is uploaded",
    responses=answers(
        {HTTPStatus.ACCEPTED: Success("Processing begins. The same call again answers the same.", uploads.RECEIVED)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LISTING_NOT_FOUND", "BATCH_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["UPLOADS_INCOMPLETE", "UPLOAD_MISMATCH"],
            HTTPStatus.GONE: ["UPLOAD_EXPIRED"],
        },
    ),
)
async def complete_uploads(
    request: JsonRequest,
    data: Annotated[CompleteUploadBatchBody, shown(uploads.COMPLETION)],
    complete_upload_batch: NamedDependency[CompleteUploadBatch],
) -> Response[bytes]:
    """Every object is looked at in the store (size, checksum, ETag) before anything changes."""
    job = await complete_upload_batch(
        CompleteUploadBatchCommand(
            principal=request.user,
            listing_id=ListingId(data.listing_id),
            batch_id=BatchId(data.batch_id),
            files=[_claim(file) for file in data.files],
            drop_missing=data.drop_missing,
        )
    )
    started = StartedJobBody(
        job_id=job.id, status=BatchStatus.RECEIVED, estimated_duration_seconds=job.estimated_seconds
    )
    return answer(started, HTTPStatus.ACCEPTED)


def _claim(file: UploadedFileBody) -> ClaimedUpload:
    parts = {part.part_number: part.etag for part in file.parts or []}
    return ClaimedUpload(client_id=file.client_id, etag=file.etag, parts=parts)
