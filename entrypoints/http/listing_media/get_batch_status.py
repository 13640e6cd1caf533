from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.batches.get_batch_status import BatchReport, BatchStatusQuery, GetBatchStatus
from domain.assets.asset import Asset
from domain.ids import BatchId, ListingId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import batches
from entrypoints.http.listing_media.requests import BatchBody
from entrypoints.http.listing_media.responses import AssetStatusBody, BatchStatusBody, ProcessingBody, StepBody
from entrypoints.http.listing_media.summaries import error_body, summary_body
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/media/uploads/status",
    status_code=HTTPStatus.OK,
    summary="See how far a batch has come",
    responses=answers(
        {HTTPStatus.OK: Success("The batch, its latest run and its files.", batches.STATUS)},
        {HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"], HTTPStatus.NOT_FOUND: ["LISTING_NOT_FOUND", "BATCH_NOT_FOUND"]},
    ),
)
async def batch_status(
    request: JsonRequest,
    data: Annotated[BatchBody, shown(batches.BATCH)],
    get_batch_status: NamedDependency[GetBatchStatus],
) -> Response[bytes]:
    report = await get_batch_status(
        BatchStatusQuery(principal=request.user, listing_id=ListingId(data.listing_id), batch_id=BatchId(data.batch_id))
    )
    status = BatchStatusBody(
        batch=summary_body(report.batch),
        processing=_processing(report),
        assets=[_asset(asset) for asset in report.assets],
        available_downloads=list(report.available_downloads),
    )
    return answer(status, HTTPStatus.OK)


def _processing(report: BatchReport) -> ProcessingBody | None:
    job = report.job
    if job is None:
        return None
    return ProcessingBody(
        job_id=job.id,
        attempt=job.attempt,
        status=job.status,
        steps=[StepBody(name=step.name, status=step.status, done=step.done, total=step.total) for step in report.steps],
        estimated_duration_seconds=job.estimated_seconds,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        error_code=job.error_code,
    )


def _asset(asset: Asset) -> AssetStatusBody:
    return AssetStatusBody(
        asset_id=asset.id,
        client_id=asset.client_id,
        media_type=asset.media_type,
        filename=asset.filename,
        title=asset.title,
        sequence=asset.sequence,
        bytes=asset.size,
        status=asset.status,
        arrived_at=asset.arrived_at,
        error=error_body(asset.failure),
    )
