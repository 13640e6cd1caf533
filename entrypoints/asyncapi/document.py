"""The AsyncAPI 3 document: what Vitrine publishes and takes, generated from the types that do it."""

import json
from typing import Any

from application.ports.messaging import JSON
from entrypoints.asyncapi.channels import channel
from entrypoints.asyncapi.headers import HEADER_SCHEMAS
from entrypoints.asyncapi.inbound import inbound_messages
from entrypoints.asyncapi.operations import operations
from entrypoints.asyncapi.outbound import outbound_messages
from entrypoints.asyncapi.payloads import schemas_of
from entrypoints.asyncapi.storage import storage_messages
from entrypoints.consumer.storage.gcs import GcsAttributes
from entrypoints.settings import Settings
from entrypoints.topic_plans import topic_plans

_ABOUT = """What Vitrine publishes on Kafka, and what it takes there.

Messages are CloudEvents 1.0 in binary mode: attributes are headers, the value is JSON in camelCase. What object stores
tell is taken as they tell it. Delivery is at least once, in order for each key: `ce_source` and `ce_id` tell what came
before. Leave alone what you do not know, types and members alike: either may be added. What would break a consumer goes
to a new topic, `v2`.

Partitions are those of a default configuration (`VITRINE_KAFKA_PARTITIONS`). Where deployments share a cluster,
`VITRINE_KAFKA_PREFIX` stands before every topic and consumer group."""


def asyncapi_json() -> str:
    """As it lies in docs/asyncapi.json."""
    return json.dumps(asyncapi_document(), indent=2, ensure_ascii=False)


def asyncapi_document() -> dict[str, Any]:
    """The same in every environment."""
    kinds = [*outbound_messages(), *inbound_messages(), *storage_messages()]
    plans = topic_plans(Settings())
    by_topic = {plan.name: [kind for kind in kinds if plan.name in kind.topics] for plan in plans}
    payloads = [kind.payload for kind in kinds if isinstance(kind.payload, type)]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Vitrine",
            "version": "1.0.0",
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": JSON,
        "channels": {plan.name: channel(plan, by_topic[plan.name]) for plan in plans},
        "operations": {
            name: operation for plan in plans for name, operation in operations(plan.name, by_topic[plan.name]).items()
        },
        "components": {
            "messages": {kind.name: kind.described() for kind in kinds},
            "schemas": {**HEADER_SCHEMAS, **schemas_of([*payloads, GcsAttributes])},
        },
    }
