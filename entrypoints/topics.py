"""Every topic that Vitrine writes or reads."""

from application.events.routing import (
    LISTING_MEDIA_TOPIC,
    LISTINGS_TOPIC,
    MEDIA_DELETIONS_TOPIC,
    MEDIA_TOPIC,
    PIPELINE_RESULTS_TOPIC,
    STORAGE_TOPIC,
    task_topic,
)
from domain.jobs.task import TaskKind

OUTBOUND = [LISTING_MEDIA_TOPIC, MEDIA_TOPIC]
INBOUND = [LISTINGS_TOPIC, PIPELINE_RESULTS_TOPIC, STORAGE_TOPIC]
WORK = [*(task_topic(kind) for kind in TaskKind), MEDIA_DELETIONS_TOPIC]
"""What we tell our own workers."""
