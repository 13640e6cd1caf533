from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.batches.reissue_upload_urls import ReissueUploadUrls, ReissueUploadUrlsCommand
from domain.ids import BatchId, ListingId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import uploads
from entrypoints.http.listing_media.requests import ReissueUploadUrlsBody
from entrypoints.http.listing_media.tickets import tickets_body
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/media/uploads/urls",
    status_code=HTTPStatus.OK,
    summary="Get fresh URLs for files that have not arrived yet",
    responses=answers(
        {HTTPStatus.OK: Success("URLs of what is missing, and what has arrived.", uploads.REISSUED)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LISTING_NOT_FOUND", "BATCH_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["BATCH_ALREADY_RECEIVED"],
            HTTPStatus.GONE: ["UPLOAD_EXPIRED"],
        },
    ),
)
async def reissue_urls(
    request: JsonRequest,
    data: Annotated[ReissueUploadUrlsBody, shown(uploads.REISSUE)],
    reissue_upload_urls: NamedDependency[ReissueUploadUrls],
) -> Response[bytes]:
    """URLs live shorter than uploads take. Of an upload in parts, only the parts that are missing are signed."""
    reissued = await reissue_upload_urls(
        ReissueUploadUrlsCommand(
            principal=request.user,
            listing_id=ListingId(data.listing_id),
            batch_id=BatchId(data.batch_id),
            client_ids=data.client_ids,
        )
    )
    uploaded = [asset.client_id for asset in reissued.uploaded]
    return answer(tickets_body(reissued.batch, reissued.tickets, uploaded), HTTPStatus.OK)
