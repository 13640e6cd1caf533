"""How a measurement is told how long to take, and tells how far it is."""

from dataclasses import dataclass

from rich.progress import Progress, TaskID


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    quick: bool


class Steps:
    """The progress bar of one measurement."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._name = name
        self._task: TaskID = progress.add_task(name, total=None)

    def expect(self, steps: int) -> None:
        self._progress.update(self._task, total=steps)

    def done(self, what: str) -> None:
        self._progress.update(self._task, advance=1, description=f"{self._name}: {what}")

    def finish(self) -> None:
        task = self._progress.tasks[self._task]
        self._progress.update(self._task, total=task.total or 1, completed=task.total or 1, description=self._name)
