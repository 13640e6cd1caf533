from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.batches.create_upload_batch import CreateUploadBatch, CreateUploadBatchCommand
from domain.ids import ListingId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import uploads
from entrypoints.http.listing_media.announcement import AnnouncementRequest, announced
from entrypoints.http.listing_media.requests import CreateUploadBatchBody
from entrypoints.http.listing_media.tickets import tickets_body


@post(
    "/media/uploads",
    request_class=AnnouncementRequest,
    summary="Announce files and get signed URLs to upload them",
    responses=answers(
        {
            HTTPStatus.CREATED: Success("A new batch.", uploads.TICKETS),
            HTTPStatus.OK: Success("The same announcement had been made before.", uploads.TICKETS),
        },
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LISTING_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["LISTING_NOT_AWAITING_MEDIA", "BATCH_REFERENCE_TAKEN"],
        },
    ),
)
async def announce_uploads(
    request: AnnouncementRequest,
    data: Annotated[CreateUploadBatchBody, shown(uploads.ANNOUNCEMENT)],
    create_upload_batch: NamedDependency[CreateUploadBatch],
) -> Response[bytes]:
    """Repeating the same announcement while files may arrive answers the same batch with fresh URLs: the state is the
    key, there is no Idempotency-Key. A large file answers `multipart` instead of `uploadUrl`.
    """
    opened = await create_upload_batch(
        CreateUploadBatchCommand(
            principal=request.user,
            listing_id=ListingId(data.listing_id),
            reference=data.batch_reference,
            files=[announced(file) for file in data.files],
        )
    )
    status = HTTPStatus.CREATED if opened.created else HTTPStatus.OK
    return answer(tickets_body(opened.batch, opened.tickets), status)
