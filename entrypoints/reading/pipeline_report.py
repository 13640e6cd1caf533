"""What an external pipeline reports, over HTTP and in messages alike."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from application.processing.pipeline_report import ApplyCallbackCommand, ReportedOutput, ReportedStatus
from domain.ids import AssetId, JobId

_MOST_OUTPUTS = 1_000
_LARGEST_INTEGER = 2**31 - 1


class _Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    pass


class ReportedOutputBody(_Body):
    """What an external pipeline made of one asset, or why it did not."""

    asset_id: UUID
    processed_key: str | None = None
    thumbnail_key: str | None = None
    renditions: Annotated[dict[str, str], Meta(description="Object keys by rendition name.")] = {}
    error_code: str | None = None


class ReportedArchiveBody(_Body):
    key: str


class ReportedErrorBody(_Body):
    code: str
    detail: str | None = None


class CallbackBody(_Body):
    job_id: UUID
    attempt: Annotated[int, Meta(ge=1, le=_LARGEST_INTEGER)]
    status: ReportedStatus
    outputs: Annotated[list[ReportedOutputBody], Meta(max_length=_MOST_OUTPUTS)] = []
    zip: ReportedArchiveBody | None = None
    error: ReportedErrorBody | None = None


def command_of(body: CallbackBody, *, delivery_id: str) -> ApplyCallbackCommand:
    return ApplyCallbackCommand(
        delivery_id=delivery_id,
        job_id=JobId(body.job_id),
        attempt=body.attempt,
        status=body.status,
        outputs=[_output(output) for output in body.outputs],
        archive_key=body.zip.key if body.zip else None,
        error_code=body.error.code if body.error else None,
        error_detail=body.error.detail if body.error else None,
    )


def _output(output: ReportedOutputBody) -> ReportedOutput:
    return ReportedOutput(
        asset_id=AssetId(output.asset_id),
        processed_key=output.processed_key,
        thumbnail_key=output.thumbnail_key,
        renditions=output.renditions,
        error_code=output.error_code,
    )
