"""Structured lines on standard error: JSON for machines, colour for people."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import msgspec
import structlog
from opentelemetry import trace

from application.ports.log import Log


class StructuredLog(Log):
    """Facts bound in one asyncio task are not seen by another."""

    def __init__(self) -> None:
        self._logger = structlog.get_logger("vitrine")

    def info(self, event: str, **facts: object) -> None:
        self._logger.info(event, **_plain(facts))

    def warning(self, event: str, **facts: object) -> None:
        self._logger.warning(event, **_plain(facts))

    def error(self, event: str, **facts: object) -> None:
        self._logger.error(event, **_plain(facts))

    def exception(self, event: str, **facts: object) -> None:
        self._logger.error(event, exc_info=True, **_plain(facts))  # noqa: LOG014 - the port is called in handlers alone

    @contextmanager
    def bound(self, **facts: object) -> Iterator[None]:
        with structlog.contextvars.bound_contextvars(**_plain(facts)):
            yield


def configure_logging(*, level: str, as_json: bool) -> None:
    """Once a process, before anything logs. Lines of libraries take the same form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_ids_of_the_span,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderers = _json_lines() if as_json else _lines_for_people()
    structlog.configure(
        processors=[*shared, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Our own lines, one a request, do without the standard library's detour: it costs three times as much.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for chatty in ("aiobotocore", "botocore", "aioboto3", "aiokafka", "alembic", "asyncio", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Its warnings quote what strangers put into their headers, and count the tries at a collector that is down.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)


def _with_ids_of_the_span(
    _logger: object, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.ProcessorReturnValue:
    """What leads from a line to its trace, and from a span to its lines."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        line["trace_id"], line["span_id"] = f"{span.trace_id:032x}", f"{span.span_id:016x}"
    return line


# Neither shows the local variables of a traceback's frames: tokens and signed URLs are among them.


def _json_lines() -> list[structlog.typing.Processor]:
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(tracebacks), structlog.processors.JSONRenderer(_json)]


def _lines_for_people() -> list[structlog.typing.Processor]:
    colors = sys.stderr.isatty()
    palette: Literal["truecolor", "auto"] = "truecolor" if colors else "auto"
    tracebacks = structlog.dev.RichTracebackFormatter(color_system=palette, show_locals=False)
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=tracebacks)]


def _json(line: object, **_: object) -> str:
    return msgspec.json.encode(line, enc_hook=str).decode()


def _plain(facts: dict[str, object]) -> dict[str, object]:
    return {name: fact if isinstance(fact, bool | int | float) else str(fact) for name, fact in facts.items()}
