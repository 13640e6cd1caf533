"""How far a transfer has come: bars on a terminal, now and then a line elsewhere."""

import threading
import time
from abc import abstractmethod
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column

from entrypoints.cli.sizes import shown_duration, shown_size

_WIDE = 90
_MEDIUM = 60
_LINE_EVERY = 3.0


class Meter(Protocol):
    """Told of bytes that move. May be called from any thread; keys tell the files apart."""

    @abstractmethod
    def begin(self, key: str, name: str, size: int, done: int = 0) -> None:
        """A file of `size` bytes is next; `done` of them have been moved before. Repeating it changes nothing."""

    @abstractmethod
    def move(self, key: str, count: int) -> None:
        """`count` bytes have moved; below zero when they have to move again."""

    @abstractmethod
    def end(self, key: str) -> None:
        """The file is finished."""

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, *exc_info: object) -> None: ...


def open_meter(console: Console, title: str, *, total: int, done: int = 0) -> Meter:
    """For `total` bytes, of which `done` need not move any more. To be entered."""
    if console.is_terminal:
        return BarMeter(console, title, total=total, done=done)
    return LineMeter(console, title, total=total, done=done)


class BarMeter(Meter):
    """A bar a file while it moves, and one for the whole."""

    def __init__(self, console: Console, title: str, *, total: int, done: int) -> None:
        self._progress = Progress(*_columns(console.width), console=console, expand=console.width < _WIDE)
        self._whole = self._progress.add_task(f"[bold]{title}", total=total, completed=done)
        self._files: dict[str, TaskID] = {}

    def begin(self, key: str, name: str, size: int, done: int = 0) -> None:
        if key not in self._files:
            self._files[key] = self._progress.add_task(_escaped(name), total=size, completed=done)

    def move(self, key: str, count: int) -> None:
        self._progress.advance(self._files[key], count)
        self._progress.advance(self._whole, count)

    def end(self, key: str) -> None:
        self._progress.remove_task(self._files.pop(key))

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        for task in self._files.values():
            self._progress.remove_task(task)
        self._progress.stop()


class LineMeter(Meter):
    """A line every few seconds, and one at the end: for logs and pipes."""

    def __init__(self, console: Console, title: str, *, total: int, done: int) -> None:
        self._console = console
        self._title = title
        self._total = total
        self._skipped = self._done = done
        self._lock = threading.Lock()
        self._started = self._told = time.monotonic()

    def begin(self, key: str, name: str, size: int, done: int = 0) -> None:
        pass

    def move(self, key: str, count: int) -> None:  # noqa: ARG002 - a line is for the whole
        with self._lock:
            self._done += count
            if time.monotonic() - self._told < _LINE_EVERY:
                return
            self._told = time.monotonic()
            self._console.print(self._line(), soft_wrap=True)

    def end(self, key: str) -> None:
        pass

    def __enter__(self) -> Self:
        self._started = self._told = time.monotonic()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._console.print(self._line(), soft_wrap=True)

    def _line(self) -> str:
        elapsed = max(time.monotonic() - self._started, 0.001)
        speed = (self._done - self._skipped) / elapsed
        line = f"{self._title}: {shown_size(self._done)} of {shown_size(self._total)}, {shown_size(int(speed))}/s"
        left = self._total - self._done
        return f"{line}, {shown_duration(left / speed)} left" if left > 0 and speed > 0 else line


def _columns(width: int) -> list[ProgressColumn]:
    name = TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
    share = TextColumn("{task.percentage:>3.0f}%")
    if width < _MEDIUM:
        return [name, share]
    bar = BarColumn(bar_width=20 if width < _WIDE else 32)
    if width < _WIDE:
        return [name, bar, share, TransferSpeedColumn()]
    name = TextColumn("{task.description}", table_column=Column(width=28, no_wrap=True, overflow="ellipsis"))
    return [name, bar, DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()]


def _escaped(name: str) -> str:
    return name.replace("[", r"\[")
