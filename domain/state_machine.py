"""One table of transitions for each lifecycle; anything else raises."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from domain.errors import InvalidState

State = TypeVar("State", bound=StrEnum)


class StateMachine(Generic[State]):
    """The transitions that exist."""

    def __init__(self, name: str, transitions: Mapping[State, frozenset[State]]) -> None:
        self._name = name
        self._transitions = transitions

    def allows(self, source: State, target: State) -> bool:
        return target in self._transitions.get(source, frozenset())

    def move(self, source: State, target: State) -> State:
        """Return `target`, or raise InvalidState when there is no such transition."""
        if not self.allows(source, target):
            raise InvalidState(f"a {self._name} cannot go from {source} to {target}")
        return target

    def require(self, actual: State, expected: State) -> None:
        """Raise InvalidState unless it is where the step at hand begins: several steps may share a transition."""
        if actual is not expected:
            raise InvalidState(f"a {self._name} that is {actual} is not {expected}")
