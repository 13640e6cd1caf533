"""Watches a batch until it has settled."""

import asyncio
import time
from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol, Self
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

from entrypoints.cli.client import ApiClient
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.sizes import shown_duration
from entrypoints.http.listing_media.responses import BatchStatusBody, StepBody

_SETTLED = frozenset({"READY", "FAILED"})
_OVER = frozenset({"DONE", "FAILED", "SKIPPED"})
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 1.0
_PATIENCE = 1800.0
"""Seconds without any change after which we stop looking."""
_NARROW = 60


async def follow(client: ApiClient, console: Console, listing_id: UUID, batch_id: UUID) -> BatchStatusBody:
    """Return once the batch is READY or FAILED, and say step by step how it gets there.

    Raises CommandFailed when nothing has moved for half an hour, and ApiRefused.
    """
    pause, seen, since = _FIRST_PAUSE, None, time.monotonic()
    with _open_steps(console) as display:
        while True:
            status = await client.status(listing_id, batch_id)
            steps = status.processing.steps if status.processing else []
            display.show(steps)
            if status.batch.status in _SETTLED:
                return status
            now = (status.batch.status, [(step.name, step.done) for step in steps])
            if now != seen:
                seen, since = now, time.monotonic()
            elif time.monotonic() - since > _PATIENCE:
                raise CommandFailed(
                    f"Nothing has moved for {shown_duration(_PATIENCE)}. The batch is {status.batch.status}; "
                    f"look again later: vitrine status --listing {listing_id} --batch {batch_id}"
                )
            await asyncio.sleep(pause)
            pause = min(pause * 1.1, _LONGEST_PAUSE)


class _Steps(Protocol):
    @abstractmethod
    def show(self, steps: Sequence[StepBody]) -> None: ...

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, *exc_info: object) -> None: ...


def _open_steps(console: Console) -> _Steps:
    return _StepBars(console) if console.is_terminal else _StepLines(console)


class _StepBars(_Steps):
    """A bar a step."""

    def __init__(self, console: Console) -> None:
        name = TextColumn("{task.description}", table_column=Column(width=12))
        columns: list[ProgressColumn] = [name, TextColumn("{task.fields[count]}", justify="right")]
        if console.width >= _NARROW:
            columns = [name, BarColumn(bar_width=32), columns[1], TimeElapsedColumn()]
        self._progress = Progress(*columns, console=console)
        self._tasks: dict[str, TaskID] = {}

    def show(self, steps: Sequence[StepBody]) -> None:
        for step in steps:
            if step.status == "SKIPPED":
                continue
            if step.name not in self._tasks:
                self._tasks[step.name] = self._progress.add_task(step.name, total=step.total, start=False, count="")
            task = self._tasks[step.name]
            if step.status != "PENDING":
                self._progress.start_task(task)
            self._progress.update(task, total=step.total, completed=step.done, count=_count(step))
            if step.status in _OVER:
                self._progress.stop_task(task)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._progress.stop()


class _StepLines(_Steps):
    """A line when a step is over."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: set[str] = set()

    def show(self, steps: Sequence[StepBody]) -> None:
        for step in steps:
            if step.status in _OVER and step.name not in self._told:
                self._told.add(step.name)
                if step.status != "SKIPPED":
                    self._console.print(f"{step.name}: {_count(step)}", soft_wrap=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        pass


def _count(step: StepBody) -> str:
    if step.total == 1:
        return "failed" if step.status == "FAILED" else f"{step.done:.0%}"
    return f"{int(step.done)}/{step.total}"
