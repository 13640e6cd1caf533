"""Structured lines on standard error: JSON for machines, colour for people."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from application.ports.log import Log


class StructuredLog(Log):
    """Facts bound in one asyncio task are not seen by another."""

    def __init__(self) -> None:
        self._logger = structlog.get_logger("vitrine")

    def info(self, event: str, **facts: object) -> None:
        self._logger.info(event, **_plain(facts))

    def warning(self, event: str, **facts: object) -> None:
        self._logger.warning(event, **_plain(facts))

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
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderers: list[structlog.typing.Processor] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for chatty in ("aiobotocore", "botocore", "aioboto3", "alembic", "asyncio", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _plain(facts: dict[str, object]) -> dict[str, object]:
    return {name: fact if isinstance(fact, bool | int | float) else str(fact) for name, fact in facts.items()}
