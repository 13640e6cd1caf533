"""Errors that a person at a terminal can mend."""

from collections.abc import Iterator

from adapters.embedded.errors import EmbeddedServerError
from domain.errors import DomainError
from entrypoints.settings import InvalidSettings


class CommandFailed(Exception):
    """The command could not do what was asked; the message says why and what to do."""


PEOPLE_ERRORS = (CommandFailed, DomainError, EmbeddedServerError, InvalidSettings, OSError)


def explain(error: BaseException) -> str:
    return error.detail if isinstance(error, DomainError) else str(error)


def causes(error: BaseException) -> Iterator[BaseException]:
    """What went wrong, without the groups that concurrent tasks wrap it in."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from causes(inner)
    else:
        yield error
