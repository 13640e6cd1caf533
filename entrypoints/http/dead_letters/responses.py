"""Bodies of answers. Optional fields are left out when there is nothing to say."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class _Answer(msgspec.Struct, rename="camel", omit_defaults=True):
    pass


class DeadLetterSummaryBody(_Answer, kw_only=True):
    """`kind` is TASK or MESSAGE, `topic` that of the task's pointer or of the message."""

    letter_id: UUID
    kind: str
    status: str
    topic: str
    place: Annotated[str | None, Meta(description="Where the message lies in its topic: partition/offset.")] = None
    consumer: Annotated[str | None, Meta(description="Who gave up on the message.")] = None
    message_id: Annotated[str | None, Meta(description="As the message says.")] = None
    message_type: Annotated[str | None, Meta(description="As the message says.")] = None
    task_id: UUID | None = None
    asset_id: UUID | None = None
    batch_id: UUID | None = None
    listing_id: UUID | None = None
    media_id: Annotated[UUID | None, Meta(description="The media of a task, or of a deletion that failed.")] = None
    error_code: str
    error_detail: str
    attempts: Annotated[int, Meta(description="Tries altogether.")]
    created_at: datetime
    resolved_at: datetime | None = None


class DeadLetterPageBody(_Answer):
    """Newest first; `nextCursor` is null on the last page."""

    dead_letters: list[DeadLetterSummaryBody]
    next_cursor: str | None


class EnclosedBody(_Answer):
    """The bytes of a message. `text` is there when they are UTF-8."""

    bytes: int
    base64: str
    text: str | None = None


class DeadLetterBody(DeadLetterSummaryBody, kw_only=True):
    """`key`, `headers` and `body` are those of the message, or of the pointer to the task."""

    job_id: UUID | None = None
    key: Annotated[str | None, Meta(description="What is no text in it is replaced.")] = None
    headers: dict[str, str]
    body: EnclosedBody
    truncated: Annotated[bool, Meta(description="It was too large to be kept whole, and cannot be replayed.")]
    resolved_by: Annotated[
        UUID | None, Meta(description="Who replayed or discarded it; nobody where it resolved itself.")
    ] = None


class ReplayBody(_Answer):
    """A new run of a batch takes all its failed files, so it replays all its dead letters. A media is derived from, or
    deleted, again.
    """

    replayed: Annotated[list[UUID], Meta(description="Ids of the dead letters that are resolved by this.")]
    job_id: Annotated[UUID | None, Meta(description="The new run, if it was about a task of a batch.")] = None
