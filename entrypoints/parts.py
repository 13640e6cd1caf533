"""The parts that work in the background, wired for a process."""

import os
import socket
from collections.abc import Collection, Sequence
from datetime import timedelta

from application.events.routing import MEDIA_DELETIONS_TOPIC, dead_letter_topic, task_topic
from domain.jobs.task import TaskKind
from entrypoints.consumer.consumer import Consumer
from entrypoints.consumer.event_log import EventLog
from entrypoints.consumer.groups import MEDIA_DELETED, inbound_group, worker_group
from entrypoints.consumer.handling import Handler
from entrypoints.consumer.inbound import inbound_handlers
from entrypoints.consumer.media_deletions import MediaDeletions, RejectDeletion
from entrypoints.consumer.part import Part
from entrypoints.consumer.rejection import Reject, Rejection
from entrypoints.consumer.relay import Relay
from entrypoints.consumer.sweeper import Sweeper, seldom
from entrypoints.consumer.worker import Worker
from entrypoints.topics import OUTBOUND, WORK
from entrypoints.vitrine import Vitrine
from entrypoints.worker_kind import WorkerKind

_DELETIONS_AT_HAND = 100
"""Their order is of no account, so that those that fail for a while hold up no others."""


def workers(vitrine: Vitrine, kinds: Collection[WorkerKind] = tuple(WorkerKind)) -> Sequence[Part]:
    """One a kind: a video never takes the place of a photo."""
    return [
        _deletion_worker(vitrine) if kind is WorkerKind.DELETION else _worker(vitrine, TaskKind(kind)) for kind in kinds
    ]


def _worker(vitrine: Vitrine, kind: TaskKind) -> Worker:
    settings, resources, container = vitrine.settings, vitrine.resources, vitrine.container
    places = {
        TaskKind.IMAGE: settings.image_places,
        TaskKind.VIDEO: settings.video_workers,
        TaskKind.ARCHIVE: settings.archive_workers,
        TaskKind.LINK: settings.link_workers,
    }
    group = worker_group(kind)
    return Worker(
        kind=kind,
        subscription=resources.messaging.subscribe(group, [task_topic(kind)]),
        claim=container.claim_task(),
        work=container.work_on_task(),
        hand_back=container.hand_back_task(),
        find_waiting=container.find_waiting_tasks(),
        rejection=_rejection(vitrine, group, vitrine.container.reject_message()),
        concurrency=places[kind],
        name=f"{socket.gethostname()}-{os.getpid()}",
        beat=resources.loops.watch(group),
        tracing=resources.tracing,
        log=resources.log,
    )


def _deletion_worker(vitrine: Vitrine) -> Consumer:
    container = vitrine.container
    handle = MediaDeletions(delete=container.delete_media(), beat=vitrine.resources.loops.beat_of(MEDIA_DELETED))
    reject = RejectDeletion(fail=container.fail_deletion(), reject=container.reject_message())
    return _consumer(vitrine, MEDIA_DELETED, [MEDIA_DELETIONS_TOPIC], handle, reject, at_hand=_DELETIONS_AT_HAND)


def consumers(vitrine: Vitrine) -> Sequence[Consumer]:
    """One a topic: a message that has to wait holds up those of its own kind alone."""
    handlers = inbound_handlers(vitrine.container, vitrine.resources, vitrine.settings)
    return [_consumer(vitrine, inbound_group(topic), [topic], handle) for topic, handle in handlers.items()]


def event_log(vitrine: Vitrine) -> Consumer:
    """Where messages stay in the process, nobody else hears of what happened."""
    topics = [*OUTBOUND, *(dead_letter_topic(topic) for topic in WORK)]
    return _consumer(vitrine, "vitrine.log", topics, EventLog(log=vitrine.resources.log))


def _consumer(
    vitrine: Vitrine,
    group: str,
    topics: Collection[str],
    handle: Handler,
    reject: Reject | None = None,
    *,
    at_hand: int = 1,
) -> Consumer:
    resources = vitrine.resources
    return Consumer(
        name=group,
        subscription=resources.messaging.subscribe(group, topics),
        handle=handle,
        rejection=_rejection(vitrine, group, reject or vitrine.container.reject_message()),
        telemetry=resources.telemetry,
        tracing=resources.tracing,
        loops=resources.loops,
        log=resources.log,
        at_hand=at_hand,
    )


def relay(vitrine: Vitrine) -> Relay:
    resources = vitrine.resources
    return Relay(
        relay_outbox=vitrine.container.relay_outbox(),
        bell=resources.bell,
        beat=resources.loops.watch("relay"),
        log=resources.log,
    )


def sweeper(vitrine: Vitrine) -> Sweeper:
    container, resources = vitrine.container, vitrine.resources
    return Sweeper(
        passes={
            "expired-uploads": container.expire_uploads(),
            "stuck-tasks": container.recover_tasks(),
            "silent-pipelines": container.expire_external_jobs(),
            "unfinished-uploads": container.expire_unfinished(),
            "staging-objects": seldom(
                container.sweep_staging(), every=timedelta(seconds=vitrine.settings.staging_sweep_every)
            ),
            "unfinished-deletions": container.resume_deletions(),
            "condemned-blobs": container.collect_blobs(),
            "published-messages": container.forget_published(),
            "processed-messages": container.forget_processed(),
            "resolved-letters": container.forget_letters(),
        },
        every=timedelta(seconds=vitrine.settings.sweep_every),
        beat=resources.loops.watch("sweeper"),
        log=resources.log,
    )


def _rejection(vitrine: Vitrine, consumer: str, reject: Reject) -> Rejection:
    resources = vitrine.resources
    return Rejection(
        consumer=consumer,
        reject=reject,
        telemetry=resources.telemetry,
        log=resources.log,
    )
