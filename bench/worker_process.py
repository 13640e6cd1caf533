"""A worker for photos as it is deployed, with the relay, in a process of its own. `python -m bench.worker_process`."""

import asyncio
import contextlib
import signal

import uvloop

from adapters.telemetry.log import configure_logging
from application.events.routing import task_topic
from domain.jobs.task import TaskKind
from entrypoints.consumer.relay import Relay
from entrypoints.consumer.worker import Worker
from entrypoints.garbage import spare_what_is_open
from entrypoints.resources import open_resources
from entrypoints.running import wire
from entrypoints.services import open_services
from entrypoints.settings import Settings


async def main() -> None:
    settings = Settings.from_environment()
    configure_logging(level=settings.log_level, as_json=True)
    async with open_services(settings) as services, open_resources(settings, services) as resources:
        container = wire(settings, resources)
        worker = Worker(
            subscription=resources.bus.subscribe([task_topic(TaskKind.IMAGE)]),
            work=container.work_on_task(),
            concurrency=settings.image_places,
            name="bench",
            log=resources.log,
        )
        relay = Relay(relay_outbox=container.relay_outbox(), bell=resources.bell, log=resources.log)
        async with asyncio.TaskGroup() as group:
            parts = [group.create_task(worker.run()), group.create_task(relay.run())]
            loop = asyncio.get_running_loop()
            for part in parts:
                loop.add_signal_handler(signal.SIGTERM, lambda: [part.cancel() for part in parts])
            spare_what_is_open()
            print("ready", flush=True)


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError):
        uvloop.run(main())
