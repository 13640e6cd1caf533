"""Topics as they should be."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code

from adapters.kafka.bounded import within
from adapters.kafka.cluster import KafkaCluster
from adapters.kafka.errors import NO_ANSWER, unavailable
from domain.errors import Unavailable

_SECONDS = 30.0
_POLL = 0.05
_EXISTS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPlan:
    """`largest_message` in bytes."""

    name: str
    keep: timedelta
    largest_message: int
    partitions: int
    replication: int

    @property
    def settings(self) -> dict[str, str]:
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(self.keep // timedelta(milliseconds=1)),
            "max.message.bytes": str(self.largest_message),
            # With three copies a broker may be away, and nothing that was acknowledged is on one disk alone.
            "min.insync.replicas": str(max(1, self.replication - 1)),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTopic:
    """`partitions` as they are, which may differ from the plan for a topic that existed."""

    name: str
    created: bool
    partitions: int


async def create_topics(cluster: KafkaCluster, plans: Sequence[TopicPlan]) -> Sequence[FoundTopic]:
    """Create what is missing and leave what is there as it is; may be repeated. Returns once the partitions of all are
    known. Raises Unavailable.
    """
    admin = AIOKafkaAdminClient(**cluster.client("vitrine-topics"), request_timeout_ms=int(_SECONDS * 1000))
    try:
        return await within(_SECONDS, _create_and_describe(admin, cluster, plans))
    except NO_ANSWER as error:
        raise unavailable(error) from error
    finally:
        with suppress(*NO_ANSWER):
            await within(_SECONDS, admin.close())


async def _create_and_describe(
    admin: AIOKafkaAdminClient, cluster: KafkaCluster, plans: Sequence[TopicPlan]
) -> Sequence[FoundTopic]:
    await admin.start()
    created = await _create(admin, cluster, plans)
    names = [cluster.topic(plan.name) for plan in plans]
    partitions = await _count_partitions(admin, names, created)
    return [FoundTopic(name=name, created=name in created, partitions=partitions[name]) for name in names]


async def _count_partitions(
    admin: AIOKafkaAdminClient, names: Sequence[str], created: Collection[str]
) -> Mapping[str, int]:
    """A broker learns of a new topic some time after the controller has made it; who produced to it before would be
    refused. What was there may have lost a leader, and that is no matter of ours.
    """
    while True:
        described = {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics(list(names))}
        if all(_are_known(described.get(name, ()), fresh=name in created) for name in names):
            return {name: len(described[name]) for name in names}
        await asyncio.sleep(_POLL)


def _are_known(partitions: Sequence[Mapping[str, Any]], *, fresh: bool) -> bool:
    return bool(partitions) and not (fresh and any(partition["leader"] < 0 for partition in partitions))


async def _create(admin: AIOKafkaAdminClient, cluster: KafkaCluster, plans: Sequence[TopicPlan]) -> set[str]:
    new = [
        NewTopic(
            name=cluster.topic(plan.name),
            num_partitions=plan.partitions,
            replication_factor=plan.replication,
            topic_configs=plan.settings,
        )
        for plan in plans
    ]
    created, refused = set(), []
    for topic, code, *reason in (await admin.create_topics(new)).topic_errors:
        if code == 0:
            created.add(topic)
        elif code != _EXISTS:
            refused.append(f"{topic}: {reason[0] if reason and reason[0] else _named(code)}")
    if refused:
        raise Unavailable("topics could not be created: " + "; ".join(refused))
    return created


def _named(code: int) -> str:
    error: type[KafkaError] = for_code(code)
    return error.__name__
