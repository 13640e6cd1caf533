"""What each process of Vitrine runs, until it is told to stop."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from entrypoints.consumer.part import Part
from entrypoints.parts import consumers, event_log, relay, sweeper, workers
from entrypoints.process import Started, live
from entrypoints.serving import api_server, probe_server
from entrypoints.stop_signal import StopSignal
from entrypoints.vitrine import Vitrine
from entrypoints.worker_kind import WorkerKind


async def run_all(vitrine: Vitrine, *, started: Started, stop: StopSignal) -> None:
    """Everything in one process. Nobody takes the work over meanwhile, so it is given back at once, for the next start
    to take up.
    """
    background: list[Part] = [*workers(vitrine), relay(vitrine), sweeper(vitrine)]
    if vitrine.settings.kafka_servers is None:
        background.append(event_log(vitrine))
    else:
        background += consumers(vitrine)
    await live(
        background,
        api_server(vitrine),
        started=started,
        stop=stop,
        drain=timedelta(),
        server_goes_last=False,
        loops=vitrine.resources.loops,
        log=vitrine.resources.log,
    )


async def run_api(vitrine: Vitrine, *, started: Started, stop: StopSignal) -> None:
    await live(
        [],
        api_server(vitrine),
        started=started,
        stop=stop,
        drain=vitrine.settings.drain_for,
        server_goes_last=False,
        loops=vitrine.resources.loops,
        log=vitrine.resources.log,
    )


async def run_relay(vitrine: Vitrine, *, started: Started, stop: StopSignal) -> None:
    """And the sweeper. Any number may run at once."""
    await _run_parts(vitrine, [relay(vitrine), sweeper(vitrine)], started, stop)


async def run_worker(vitrine: Vitrine, kinds: Collection[WorkerKind], *, started: Started, stop: StopSignal) -> None:
    await _run_parts(vitrine, workers(vitrine, kinds), started, stop)


async def run_consumer(vitrine: Vitrine, *, started: Started, stop: StopSignal) -> None:
    await _run_parts(vitrine, consumers(vitrine), started, stop)


async def _run_parts(vitrine: Vitrine, parts: Sequence[Part], started: Started, stop: StopSignal) -> None:
    await live(
        parts,
        probe_server(vitrine),
        started=started,
        stop=stop,
        drain=vitrine.settings.drain_for,
        server_goes_last=True,
        loops=vitrine.resources.loops,
        log=vitrine.resources.log,
    )
