"""What arrives from outside, and who deals with it."""

from collections.abc import Mapping

from application.events.routing import LISTINGS_TOPIC, PIPELINE_RESULTS_TOPIC, STORAGE_TOPIC
from entrypoints.consumer.handling import Handler
from entrypoints.consumer.listings import ListingMessages
from entrypoints.consumer.pipeline_results import PipelineResults
from entrypoints.consumer.storage.messages import StorageMessages
from entrypoints.container import Container
from entrypoints.resources import Resources
from entrypoints.settings import Settings


def inbound_handlers(container: Container, resources: Resources, settings: Settings) -> Mapping[str, Handler]:  # noqa: ARG001
    """By topic."""
    return {
        LISTINGS_TOPIC: ListingMessages(
            take_listing=container.take_listing_facts(), take_booking=container.take_booking_facts()
        ),
        PIPELINE_RESULTS_TOPIC: PipelineResults(
            apply_callback=container.apply_callback(), telemetry=resources.telemetry, log=resources.log
        ),
        STORAGE_TOPIC: StorageMessages(route=container.route_notification()),
    }
