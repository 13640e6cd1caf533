from application.processing.pipeline_report import ReportedStatus
from entrypoints.http.documentation.examples.cast import BATCH_ID, JOB_ID, LISTING_ID, PHOTO_ID, PROCESSED, VIDEO_ID
from entrypoints.reading.pipeline_report import CallbackBody, ReportedArchiveBody, ReportedOutputBody

CALLBACK = CallbackBody(
    job_id=JOB_ID,
    attempt=1,
    status=ReportedStatus.SUCCEEDED,
    outputs=[
        ReportedOutputBody(
            asset_id=PHOTO_ID,
            processed_key=f"{PROCESSED}/large/{PHOTO_ID}.1.jpg",
            thumbnail_key=f"{PROCESSED}/thumbnail/{PHOTO_ID}.1.jpg",
        ),
        ReportedOutputBody(asset_id=VIDEO_ID, error_code="TRANSCODE_FAILED"),
    ],
    zip=ReportedArchiveBody(key=f"{LISTING_ID}/processed/zip/{BATCH_ID}.1.zip"),
)
