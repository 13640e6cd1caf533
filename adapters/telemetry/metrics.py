"""The numbers of the pipeline for Prometheus. The names are part of the contract: alerts hang on them."""

from collections.abc import Mapping
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from application.events.routing import (
    LISTING_MEDIA_TOPIC,
    LISTINGS_TOPIC,
    MEDIA_DELETIONS_TOPIC,
    MEDIA_TOPIC,
    PIPELINE_RESULTS_TOPIC,
    STORAGE_TOPIC,
    task_topic,
)
from application.ports.telemetry import Telemetry
from application.processing.sample_backlog import BacklogSample
from domain.assets.failure import FailureCode
from domain.attachment_sets.attachment_set import CoverChange
from domain.attachment_sets.set_attachment import AttachmentType
from domain.batches.batch import BatchStatus
from domain.batches.object_keys import ObjectKind
from domain.jobs.task import Stage, TaskKind
from domain.media.deletion_failure import DeletionFailureCode

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, read by nobody

_RUN_BUCKETS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600)
_STEP_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class PrometheusTelemetry(Telemetry):
    """Counts in this process; every process is scraped by itself."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._created = self._counter("media_batches_created", "Batches announced by clients.", "status")
        self._failed = self._counter("media_batches_failed", "Batches that ended FAILED.", "code")
        self._duration = Histogram(
            "media_processing_duration_seconds",
            "From RECEIVED to READY.",
            buckets=_RUN_BUCKETS,
            registry=self.registry,
        )
        self._dead = self._counter("media_processing_dlq_messages", "Tasks and messages given up on.", "topic")
        self._reprocess = self._counter("media_reprocess_requests", "Retries asked for by people.")
        self._callback_errors = self._counter("media_processing_callback_errors", "Callbacks refused.")
        self._published = self._counter("media_messages_published", "Messages that the relay has handed over.", "topic")
        self._consumed = self._counter(
            "media_messages_consumed", "Messages dealt with: applied, ignored or dead_lettered.", "topic", "outcome"
        )
        self._lost = self._counter(
            "media_objects_lost", "Objects that are needed and have gone from the store.", "kind"
        )
        self._deletions = self._counter(
            "media_deletions", "Deletions that ended: deleted, or why the worker gave up for now.", "outcome"
        )
        self._detached = self._counter("media_usages_detached", "Uses that the deletion worker ended.", "entity_type")
        self._collected = self._counter("media_blobs_collected", "Blobs removed that nobody held any more.")
        self._collected_bytes = self._counter("media_blobs_collected_bytes", "Bytes of these.")
        self._attached = self._counter("attachment_created", "Attachments of parts and kits that were made.", "type")
        self._unattached = self._counter("attachment_deleted", "Attachments deleted by people.", "type", "was_cover")
        self._attaching = Histogram(
            "attachment_upload_duration_seconds",
            "From the request for a file's attachment to its end.",
            labelnames=("type",),
            buckets=_STEP_BUCKETS,
            registry=self.registry,
        )
        self._covers = self._counter(
            "attachment_set_cover_changed", "Covers: automatic, reassigned, chosen or cleared.", "action"
        )
        self._steps = Histogram(
            "media_processing_step_duration_seconds",
            "One step of one attempt: validate, thumbnails, transcode, zip, fetch, finalize.",
            labelnames=("step",),
            buckets=_STEP_BUCKETS,
            registry=self.registry,
        )
        self._inflight = self._gauge("media_processing_inflight_jobs", "Jobs requested and not ended.")
        self._lag = self._gauge("media_outbox_lag_seconds", "Age of the oldest message that is due and unpublished.")
        self._letters = self._gauge("media_dead_letters_open", "Dead letters that wait for a decision.")
        self._waiting = Gauge(
            "media_queue_oldest_age_seconds",
            "How long the task, or the deletion, that has waited longest has waited.",
            labelnames=("kind",),
            registry=self.registry,
        )
        self._loops = Gauge(
            "media_loop_age_seconds",
            "Since a loop of this process came round last.",
            labelnames=("loop",),
            registry=self.registry,
        )
        self._begin_at_zero()

    def batch_created(self, status: str) -> None:
        self._created.labels(status).inc()

    def batch_failed(self, code: str) -> None:
        self._failed.labels(code).inc()

    def batch_ready(self, took: timedelta) -> None:
        self._duration.observe(took.total_seconds())

    def reprocess_requested(self) -> None:
        self._reprocess.inc()

    def callback_refused(self) -> None:
        self._callback_errors.inc()

    def dead_lettered(self, topic: str) -> None:
        self._dead.labels(topic).inc()

    def published(self, topic: str, number: int) -> None:
        self._published.labels(topic).inc(number)

    def consumed(self, topic: str, outcome: str) -> None:
        self._consumed.labels(topic, outcome).inc()

    def object_lost(self, kind: str) -> None:
        self._lost.labels(kind).inc()

    def deletion_ended(self, outcome: str) -> None:
        self._deletions.labels(outcome).inc()

    def usage_detached(self, entity_type: str) -> None:
        self._detached.labels(entity_type).inc()

    def blob_collected(self, size: int) -> None:
        self._collected.inc()
        self._collected_bytes.inc(size)

    def attachment_created(self, type_: str) -> None:
        self._attached.labels(type_).inc()

    def attachment_deleted(self, type_: str, *, was_cover: bool) -> None:
        self._unattached.labels(type_, str(was_cover).lower()).inc()

    def attachment_uploaded(self, type_: str, took: timedelta) -> None:
        self._attaching.labels(type_).observe(took.total_seconds())

    def cover_changed(self, action: str) -> None:
        self._covers.labels(action).inc()

    def step_took(self, step: str, took: timedelta) -> None:
        self._steps.labels(step).observe(took.total_seconds())

    def render(self, backlog: BacklogSample, loops: Mapping[str, float]) -> bytes:
        """Prometheus text format, with the gauges that only the database knows; `loops` are ages in seconds."""
        for loop, seconds in loops.items():
            self._loops.labels(loop).set(seconds)
        self._inflight.set(backlog.jobs_in_flight)
        self._lag.set(backlog.outbox_lag.total_seconds())
        self._letters.set(backlog.dead_letters_open)
        for kind, age in backlog.oldest_waiting.items():
            self._waiting.labels(kind).set(age.total_seconds())
        self._waiting.labels("deletion").set(backlog.oldest_deletion.total_seconds())
        return generate_latest(self.registry)

    def _begin_at_zero(self) -> None:
        """A counter that appears with its first event hides that event from `rate` and `increase`."""
        for code in FailureCode:
            self._failed.labels(code)
        for object_kind in [*ObjectKind, "media"]:
            self._lost.labels(object_kind)
        for outcome in ["deleted", *(code.lower() for code in DeletionFailureCode)]:
            self._deletions.labels(outcome)
        tasks = [task_topic(kind) for kind in TaskKind]
        consumed = [MEDIA_DELETIONS_TOPIC, LISTINGS_TOPIC, PIPELINE_RESULTS_TOPIC, STORAGE_TOPIC]
        for topic in [*tasks, *consumed]:
            self._dead.labels(topic)
        for topic in [LISTING_MEDIA_TOPIC, MEDIA_TOPIC, MEDIA_DELETIONS_TOPIC, *tasks]:
            self._published.labels(topic)
        for topic in consumed:
            for outcome in ("applied", "ignored", "dead_lettered"):
                self._consumed.labels(topic, outcome)
        for stage in Stage:
            self._steps.labels(stage)
        self._created.labels(BatchStatus.PENDING_UPLOAD)
        self._attachments_begin_at_zero()

    def _attachments_begin_at_zero(self) -> None:
        for attachment_type in AttachmentType:
            self._attached.labels(attachment_type)
            for was_cover in ("true", "false"):
                self._unattached.labels(attachment_type, was_cover)
        for action in CoverChange:
            self._covers.labels(action)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labelnames=labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)
