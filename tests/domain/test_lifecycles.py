"""The tables of transitions, against what the contract says; whatever is not there raises."""

from enum import StrEnum
from itertools import product

import pytest

from domain.assets.asset import ASSET_LIFECYCLE, AssetStatus
from domain.batches.batch import BATCH_LIFECYCLE, BatchStatus
from domain.dead_letters.dead_letter import LETTER_LIFECYCLE, LetterStatus
from domain.errors import InvalidState
from domain.jobs.job import JOB_LIFECYCLE, JobStatus
from domain.jobs.task import TASK_LIFECYCLE, TaskStatus
from domain.media.media import MEDIA_LIFECYCLE, MediaStatus
from domain.state_machine import StateMachine

BATCH = {
    ("PENDING_UPLOAD", "RECEIVED"),
    ("PENDING_UPLOAD", "FAILED"),
    ("RECEIVED", "PROCESSING"),
    ("PROCESSING", "READY"),
    ("PROCESSING", "FAILED"),
    ("READY", "PROCESSING"),
    ("FAILED", "PROCESSING"),
    ("FAILED", "READY"),
}
ASSET = {
    ("PENDING_UPLOAD", "RECEIVED"),
    ("PENDING_UPLOAD", "FAILED"),
    ("RECEIVED", "PROCESSING"),
    ("RECEIVED", "FAILED"),
    ("PROCESSING", "PROCESSED"),
    ("PROCESSING", "FAILED"),
    ("PROCESSED", "PROCESSING"),
    ("FAILED", "PROCESSING"),
}
JOB = {
    ("PENDING", "RUNNING"),
    ("RUNNING", "SUCCEEDED"),
    ("RUNNING", "PARTIAL_SUCCESS"),
    ("RUNNING", "FAILED"),
}
TASK = {("PENDING", "LEASED"), ("LEASED", "PENDING"), ("LEASED", "DONE"), ("LEASED", "DEAD")}
LETTER = {("OPEN", "REPLAYED"), ("OPEN", "DISCARDED"), ("REPLAYED", "OPEN"), ("DISCARDED", "REPLAYED")}
MEDIA = {
    ("PENDING", "UPLOADED"),
    ("PENDING", "FAILED"),
    ("PENDING", "DELETE_REQUESTED"),
    ("UPLOADED", "READY"),
    ("UPLOADED", "FAILED"),
    ("UPLOADED", "DELETE_REQUESTED"),
    ("READY", "DELETE_REQUESTED"),
    ("FAILED", "UPLOADED"),
    ("FAILED", "DELETE_REQUESTED"),
    ("DELETE_REQUESTED", "DELETED"),
    ("DELETE_REQUESTED", "DELETE_FAILED"),
    ("DELETE_FAILED", "DELETE_REQUESTED"),
}
MACHINES = [
    pytest.param(BATCH_LIFECYCLE, BatchStatus, BATCH, id="batch"),
    pytest.param(ASSET_LIFECYCLE, AssetStatus, ASSET, id="asset"),
    pytest.param(JOB_LIFECYCLE, JobStatus, JOB, id="job"),
    pytest.param(TASK_LIFECYCLE, TaskStatus, TASK, id="task"),
    pytest.param(LETTER_LIFECYCLE, LetterStatus, LETTER, id="dead letter"),
    pytest.param(MEDIA_LIFECYCLE, MediaStatus, MEDIA, id="media"),
]


@pytest.mark.parametrize(("machine", "states", "allowed"), MACHINES)
def test_exactly_these_transitions_exist(
    machine: StateMachine[StrEnum], states: type[StrEnum], allowed: set[tuple[str, str]]
) -> None:
    assert {(a, b) for a, b in product(states, repeat=2) if machine.allows(a, b)} == allowed


@pytest.mark.parametrize(("machine", "states", "allowed"), MACHINES)
def test_a_move_arrives_or_raises(
    machine: StateMachine[StrEnum], states: type[StrEnum], allowed: set[tuple[str, str]]
) -> None:
    for source, target in product(states, repeat=2):
        if (source, target) in allowed:
            assert machine.move(source, target) is target
        else:
            with pytest.raises(InvalidState):
                machine.move(source, target)
