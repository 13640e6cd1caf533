"""What Vitrine takes of the marketplace and of pipelines."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from application.events.routing import LISTINGS_TOPIC, PIPELINE_RESULTS_TOPIC
from application.ports.messaging import JSON
from entrypoints.asyncapi.examples.events import TRACE
from entrypoints.asyncapi.examples.facts import BOOKING_UPSERTED, LISTING_UPSERTED
from entrypoints.asyncapi.headers import THEIRS, cloud_event
from entrypoints.asyncapi.messages import MessageKind, first_sentence
from entrypoints.consumer import listings, pipeline_results
from entrypoints.http.documentation.examples.callbacks import CALLBACK

INDIFFERENT: Mapping[str, Any] = {"type": ["string", "null"], "description": "Not looked at."}
"""A key."""


def inbound_messages() -> Sequence[MessageKind]:
    return [
        _fact(listings.LISTING_UPSERTED, "Listing upserted", LISTING_UPSERTED),
        _fact(listings.BOOKING_UPSERTED, "Booking upserted", BOOKING_UPSERTED),
        MessageKind(
            name=pipeline_results.PIPELINE_REPORTED,
            title="Pipeline reported",
            about="What an external pipeline made of the files of a job, or that it has begun.",
            topics=[PIPELINE_RESULTS_TOPIC],
            payload=type(CALLBACK),
            key={**INDIFFERENT, "description": "Not looked at. Under the `jobId`, reports arrive in their order."},
            headers=cloud_event(THEIRS, type_=pipeline_results.PIPELINE_REPORTED),
            examples=[cloud_event_example(pipeline_results.PIPELINE_REPORTED, "/pipeline", CALLBACK)],
        ),
    ]


def _fact(type_: str, title: str, example: Struct) -> MessageKind:
    return MessageKind(
        name=type_,
        title=title,
        about=first_sentence(type(example).__doc__),
        topics=[LISTINGS_TOPIC],
        payload=type(example),
        key={**INDIFFERENT, "description": "Not looked at. Under the `listingId`, facts arrive in their order."},
        headers=cloud_event(THEIRS, type_=type_, needs_time=True),
        examples=[cloud_event_example(type_, "/marketplace", example)],
    )


def cloud_event_example(type_: str, source: str, data: Struct | Mapping[str, Any]) -> Mapping[str, Any]:
    headers = {
        "ce_specversion": "1.0",
        "ce_id": "fact-7",
        "ce_source": source,
        "ce_type": type_,
        "ce_time": "2025-06-24T09:30:00Z",
        "content-type": JSON,
        **TRACE,
    }
    return {"headers": headers, "payload": to_builtins(data)}
