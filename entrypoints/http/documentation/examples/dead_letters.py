from base64 import b64encode
from datetime import timedelta

from entrypoints.http.dead_letters import responses
from entrypoints.http.documentation.examples.cast import BATCH_ID, JOB_ID, LETTER_ID, LISTING_ID, NOW, TASK_ID, VIDEO_ID

_UNREADABLE = '{"listingId": '
PAGE = responses.DeadLetterPageBody(
    dead_letters=[
        responses.DeadLetterSummaryBody(
            letter_id=LETTER_ID,
            kind="TASK",
            status="REPLAYED",
            topic="vitrine.tasks.video.v1",
            message_type="vitrine.task.scheduled",
            task_id=TASK_ID,
            asset_id=VIDEO_ID,
            batch_id=BATCH_ID,
            listing_id=LISTING_ID,
            error_code="DECODER_CRASHED",
            error_detail="the decoder ran out of memory",
            attempts=4,
            created_at=NOW,
            resolved_at=NOW + timedelta(minutes=20),
        )
    ],
    next_cursor="AQGXofA8AHAAgAAAAAAAAAI",
)
LETTER = responses.DeadLetterBody(
    letter_id=LETTER_ID,
    kind="MESSAGE",
    status="OPEN",
    topic="vitrine.listings.v1",
    place="3/141",
    consumer="vitrine.listings",
    message_id="fact-7",
    message_type="marketplace.listing.changed",
    error_code="NOT_A_CLOUD_EVENT",
    error_detail="the body is not JSON",
    attempts=1,
    created_at=NOW,
    key=str(LISTING_ID),
    headers={"ce_id": "fact-7", "ce_type": "marketplace.listing.changed", "content-type": "application/json"},
    body=responses.EnclosedBody(
        bytes=len(_UNREADABLE), base64=b64encode(_UNREADABLE.encode()).decode(), text=_UNREADABLE
    ),
    truncated=False,
)
REPLAY = responses.ReplayBody(replayed=[LETTER_ID], job_id=JOB_ID)
