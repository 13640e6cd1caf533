"""Dead letters in words of the API."""

from base64 import b64encode

import msgspec

from domain.dead_letters.dead_letter import DeadLetter
from domain.dead_letters.repository import DeadLetterSummary
from entrypoints.http.dead_letters.responses import DeadLetterBody, DeadLetterSummaryBody, EnclosedBody


def summary_body(letter: DeadLetterSummary) -> DeadLetterSummaryBody:
    return DeadLetterSummaryBody(
        letter_id=letter.id,
        kind=letter.kind,
        status=letter.status,
        topic=letter.topic,
        place=letter.place or None,
        consumer=letter.consumer or None,
        message_id=letter.message_id,
        message_type=letter.message_type,
        task_id=letter.task_id,
        asset_id=letter.asset_id,
        batch_id=letter.batch_id,
        listing_id=letter.listing_id,
        media_id=letter.media_id,
        error_code=letter.error_code,
        error_detail=letter.error_detail,
        attempts=letter.attempts,
        created_at=letter.created_at,
        resolved_at=letter.resolved_at,
    )


def letter_body(letter: DeadLetter) -> DeadLetterBody:
    message = letter.message
    return DeadLetterBody(
        **msgspec.structs.asdict(summary_body(DeadLetterSummary.of(letter))),
        job_id=letter.job_id,
        key=None if message.key is None else message.key.decode(errors="replace"),
        headers=dict(message.headers),
        body=EnclosedBody(bytes=len(message.body), base64=b64encode(message.body).decode(), text=_text(message.body)),
        truncated=message.truncated,
        resolved_by=letter.resolved_by,
    )


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
