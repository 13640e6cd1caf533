"""One request and all the work that follows from it, as one trace (https://www.w3.org/TR/trace-context)."""

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class SpanKind(StrEnum):
    """`INTERNAL` is work of our own; the others answer a request, hand out a message, take one."""

    INTERNAL = "internal"
    SERVER = "server"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class Span(Protocol):
    """Work that goes on. None of this raises."""

    @abstractmethod
    def note(self, **facts: object) -> None: ...

    @abstractmethod
    def rename(self, name: str) -> None: ...

    @abstractmethod
    def fail(self, detail: str) -> None:
        """It went wrong, though no exception says so."""


class Tracing(Protocol):
    """`parent` are headers that came from elsewhere, by lower-case name. Where they name no span, or nonsense, a new
    trace begins.
    """

    @abstractmethod
    def span(
        self,
        name: str,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: Mapping[str, str] | None = None,
        **facts: object,
    ) -> AbstractContextManager[Span]:
        """Within the block this is the current span, here and in the asyncio tasks that are started here. It belongs
        to the one that was current before, or to `parent` when given. An exception that leaves the block marks it as
        failed.
        """

    @abstractmethod
    def record(
        self,
        name: str,
        *,
        kind: SpanKind,
        parent: Mapping[str, str],
        since: datetime,
        until: datetime,
        **facts: object,
    ) -> None:
        """A span that is over and had none below it. Costs nothing where spans are not exported."""

    @abstractmethod
    def headers(self) -> Mapping[str, str]:
        """`traceparent`, and `tracestate` if there is one, for what goes elsewhere; nothing outside of any span."""
