"""Which topic carries which event. The table is the publish side of the message contract."""

from domain.batches.events import BatchEvent
from domain.dead_letters.events import MessageRejected, MessageReplayed
from domain.events import Event
from domain.jobs.events import JobEvent, TaskDied, TaskScheduled
from domain.listings.events import ListingAwaitsApproval
from domain.media.events import MediaDeleteRequested, MediaEvent, PhotoEvent

LISTING_MEDIA_TOPIC = "vitrine.listing-media.v1"
MEDIA_TOPIC = "vitrine.media.v1"
MEDIA_DELETIONS_TOPIC = "vitrine.media-deletions.v1"
"""What the gatekeeper has let go, for the deletion worker."""

# What others tell us.
LISTINGS_TOPIC = "vitrine.listings.v1"
PIPELINE_RESULTS_TOPIC = "vitrine.pipeline-results.v1"
STORAGE_TOPIC = "vitrine.storage.v1"


def task_topic(kind: str) -> str:
    """The topic on which pointers to tasks of this kind travel."""
    return f"vitrine.tasks.{kind}.v1"


def dead_letter_topic(topic: str) -> str:
    return f"{topic}.dlq"


def topic_of(event: Event) -> str:  # noqa: PLR0911 - a table
    """Raises LookupError for an event that nobody has given a topic."""
    match event:
        case TaskScheduled():
            return task_topic(event.kind)
        case TaskDied():
            return dead_letter_topic(task_topic(event.kind))
        case MessageRejected():
            return dead_letter_topic(event.message.topic)
        case MessageReplayed():
            return event.message.topic
        case MediaDeleteRequested():
            return MEDIA_DELETIONS_TOPIC
        case MediaEvent() | PhotoEvent():
            return MEDIA_TOPIC
        case BatchEvent() | JobEvent() | ListingAwaitsApproval():
            return LISTING_MEDIA_TOPIC
        case _:
            raise LookupError(f"no topic for {type(event).__name__}")
