"""`vitrine.pipeline-results.v1`: what an external pipeline reports, beside the HTTP callback.

Nothing is signed here: who may publish to the topic is the broker's to say (ACLs). What a report names is checked as
over HTTP, to the last object key, and whichever way it comes first counts.
"""

from application.events.cloud_events import CloudEvent, read_cloud_event
from application.ports.log import Log
from application.ports.messaging import Delivery
from application.ports.telemetry import Telemetry
from application.processing.apply_callback import ApplyCallback, CallbackOutdated, CallbackReplayed
from domain.errors import Rejected
from entrypoints.consumer.handling import Outcome
from entrypoints.reading.json_body import read_json
from entrypoints.reading.pipeline_report import CallbackBody, command_of

PIPELINE_REPORTED = "vitrine.pipeline.reported"


class PipelineResults:
    """What is refused is counted, as over HTTP: a pipeline whose reports are refused needs somebody to look at it."""

    def __init__(self, *, apply_callback: ApplyCallback, telemetry: Telemetry, log: Log) -> None:
        self._apply_callback = apply_callback
        self._telemetry = telemetry
        self._log = log

    async def __call__(self, delivery: Delivery) -> Outcome:
        try:
            event = read_cloud_event(delivery)
            if event.type != PIPELINE_REPORTED:
                return Outcome.IGNORED
            return await self._apply(event)
        except Rejected:
            self._telemetry.callback_refused()
            raise

    async def _apply(self, event: CloudEvent) -> Outcome:
        body = read_json(event.data, CallbackBody)
        try:
            await self._apply_callback(command_of(body, delivery_id=event.identity))
        except CallbackReplayed:
            return Outcome.IGNORED
        except CallbackOutdated as outdated:
            # By design: the run has ended, or another has begun. No replay would ever make it count.
            self._telemetry.callback_refused()
            self._log.warning("pipeline.report_outdated", job_id=body.job_id, detail=outdated.detail)
            return Outcome.IGNORED
        return Outcome.APPLIED
