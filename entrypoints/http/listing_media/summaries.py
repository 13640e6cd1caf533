"""Batches and what has become of them, in words of the API."""

from domain.assets.failure import Failure
from domain.batches.batch import Batch
from entrypoints.http.listing_media.responses import BatchSummaryBody, ErrorBody


def summary_body(batch: Batch) -> BatchSummaryBody:
    return BatchSummaryBody(
        batch_id=batch.id,
        listing_id=batch.listing_id,
        batch_reference=batch.reference,
        status=batch.status,
        file_count=batch.file_count,
        total_bytes=batch.total_bytes,
        created_at=batch.created_at,
        expires_at=batch.expires_at,
        received_at=batch.received_at,
        settled_at=batch.settled_at,
        failure_code=batch.failure_code,
    )


def error_body(failure: Failure | None) -> ErrorBody | None:
    return None if failure is None else ErrorBody(code=failure.code, detail=failure.detail)
