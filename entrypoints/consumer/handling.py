"""What is done with an inbound message."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeAlias

from application.ports.messaging import Delivery


class Outcome(StrEnum):
    """`IGNORED`: it was dealt with before, or says nothing new."""

    APPLIED = "applied"
    IGNORED = "ignored"


Handler: TypeAlias = Callable[[Delivery], Awaitable[Outcome]]
"""Raises DomainError: the category tells whether it is tried again or becomes a dead letter."""
