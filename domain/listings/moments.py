"""When something was so, by the clock of whoever says it."""

from datetime import datetime, timedelta

from domain.listings.errors import FactsFromTheFuture

CLOCK_SKEW = timedelta(minutes=5)
"""Clocks differ by less."""


def require_past(as_of: datetime, *, now: datetime) -> None:
    """Raise FactsFromTheFuture for what would overrule everything until its time comes."""
    if as_of > now + CLOCK_SKEW:
        raise FactsFromTheFuture(as_of)
