"""A task among workers that stall, crash, come back late and leave: one result counts, and no attempt is lost."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from domain.assets.failure import Failure, FailureCode
from domain.errors import InvalidState
from domain.ids import TaskId
from domain.jobs.events import TaskDied, TaskScheduled
from domain.jobs.task import LeaseLost, Task, TaskKind, TaskStatus, Verdict
from domain.jobs.work import RunWork, Work
from tests.builders import IDS, NOW, build_job, build_media_work, build_run_work, build_task

LEASE = timedelta(seconds=60)
WORKS = [build_run_work(), build_run_work(asset_id=None), build_media_work()]
LOST = Failure(code=FailureCode.TIMEOUT, detail="the worker vanished")
FAILURES = st.sampled_from(FailureCode).map(lambda code: Failure(code=code, detail="it went wrong"))


class TaskMachine(RuleBasedStateMachine):
    """The bundle holds what each worker remembers of its claim; a worker never learns that it was replaced."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.task = build_task(max_attempts=3)
        self.now = NOW
        self.hand_backs = 0
        self.results = 0

    @rule(seconds=st.integers(1, 90))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(target=claims)
    def claim(self) -> int:
        """As the lease table does it, in one statement; 0 for a worker that got nothing."""
        if self.task.status is not TaskStatus.PENDING or self.task.available_at > self.now:
            return 0
        self.task.status = TaskStatus.LEASED
        self.task.attempt += 1
        self.task.leased_by, self.task.lease_until = f"worker-{self.task.attempt}", self.now + LEASE
        return self.task.attempt

    def holds(self, attempt: int) -> bool:
        """The fence itself, checked against the rule: the newest claim, within its lease."""
        holds = (
            self.task.status is TaskStatus.LEASED
            and attempt == self.task.attempt
            and self.task.lease_until is not None
            and self.now < self.task.lease_until
        )
        if holds:
            self.task.require_lease(attempt=attempt, now=self.now)
        else:
            before = deepcopy(self.task)
            with pytest.raises(LeaseLost):
                self.task.require_lease(attempt=attempt, now=self.now)
            assert self.task == before
        return holds

    @rule(attempt=claims)
    def renew(self, attempt: int) -> None:
        if self.holds(attempt):
            self.task.lease_until = self.now + LEASE

    @rule(attempt=consumes(claims))
    def succeed(self, attempt: int) -> None:
        if self.holds(attempt):
            self.task.complete(now=self.now)
            self.results += 1
            assert self.task.status is TaskStatus.DONE

    @rule(attempt=consumes(claims), failure=FAILURES)
    def fail(self, attempt: int, failure: Failure) -> None:
        if self.holds(attempt):
            self.judge(failure)

    @rule(attempt=consumes(claims))
    def leave(self, attempt: int) -> None:
        if self.holds(attempt):
            self.task.pull_events()
            self.task.hand_back(now=self.now)
            self.hand_backs += 1
            self.announced_for(timedelta())

    @rule()
    def sweep(self) -> None:
        overdue = self.task.lease_until is not None and self.task.lease_until <= self.now
        assert self.task.is_overdue(now=self.now) == overdue
        if overdue:
            self.judge(LOST)

    def judge(self, failure: Failure) -> None:
        last = self.task.attempt == 3 + self.hand_backs
        verdict = self.task.judge(failure)
        self.task.pull_events()
        if not failure.code.may_pass:
            assert verdict is Verdict.FINAL
            self.task.complete(now=self.now)
            self.results += 1
        elif last:
            assert verdict is Verdict.DEAD
            self.task.die(failure, now=self.now)
            self.results += 1
            (event,) = self.task.pull_events()
            assert isinstance(event, TaskDied)
            assert (event.attempt, event.error_code) == (self.task.attempt, failure.code)
        else:
            assert verdict is Verdict.TRY_LATER
            self.task.try_later(failure, delay=timedelta(seconds=5), now=self.now)
            assert self.task.failure == failure
            self.announced_for(timedelta(seconds=5))

    def announced_for(self, delay: timedelta) -> None:
        assert (self.task.status, self.task.available_at) == (TaskStatus.PENDING, self.now + delay)
        (event,) = self.task.pull_events()
        assert isinstance(event, TaskScheduled)
        assert event.not_before == self.now + delay

    @invariant()
    def one_result_counts(self) -> None:
        ended = self.task.status in {TaskStatus.DONE, TaskStatus.DEAD}
        assert self.results == ended
        assert (self.task.finished_at is not None) == ended

    @invariant()
    def it_has_a_holder_exactly_while_leased(self) -> None:
        leased = self.task.status is TaskStatus.LEASED
        assert (self.task.leased_by is not None) == (self.task.lease_until is not None) == leased

    @invariant()
    def attempts_are_bounded_by_what_was_granted(self) -> None:
        assert self.task.attempt <= self.task.max_attempts == 3 + self.hand_backs


TestTaskLifecycle = TaskMachine.TestCase


@pytest.mark.parametrize("status", sorted(set(TaskStatus) - {TaskStatus.LEASED}))
def test_only_a_leased_task_can_end_or_be_given_back(status: TaskStatus) -> None:
    task = build_task(status=status)
    before = deepcopy(task)
    for call in (
        partial(task.complete, now=NOW),
        partial(task.die, LOST, now=NOW),
        partial(task.try_later, LOST, delay=LEASE, now=NOW),
        partial(task.hand_back, now=NOW),
    ):
        with pytest.raises(InvalidState):
            call()
    assert task == before
    assert task.pull_events() == []


@pytest.mark.parametrize("kind", TaskKind)
@pytest.mark.parametrize("work", WORKS)
def test_a_scheduled_task_is_announced_at_once_with_what_it_is_about(kind: TaskKind, work: Work) -> None:
    task = Task.schedule(task_id=TaskId(IDS.new()), kind=kind, work=work, max_attempts=3, now=NOW)
    assert (task.work, task.status, task.available_at) == (work, TaskStatus.PENDING, NOW)
    (event,) = task.pull_events()
    assert isinstance(event, TaskScheduled)
    assert (event.task_id, event.kind, event.not_before) == (task.id, kind, NOW)
    assert {name: getattr(event, name) for name in work.ids} == work.ids


@pytest.mark.parametrize("work", WORKS)
def test_a_dead_task_tells_what_it_was_about(work: Work) -> None:
    task = build_task(work=work, status=TaskStatus.LEASED)
    task.die(LOST, now=NOW)
    (event,) = task.pull_events()
    assert isinstance(event, TaskDied)
    assert {name: getattr(event, name) for name in work.ids} == work.ids


def test_work_of_a_run_is_that_of_its_job() -> None:
    job = build_job(attempt=4)
    assert RunWork.of(job, None) == build_run_work(job, asset_id=None)
    assert build_task(work=RunWork.of(job, None), attempt=2).fence == "4-2"


def test_every_attempt_at_a_media_writes_under_its_own_name() -> None:
    media = build_media_work()
    tasks = [build_task(work=media) for _ in range(3)]
    fences = {replace(task, attempt=attempt).fence for task in tasks for attempt in range(1, 4)}
    assert len(fences) == 9


def test_every_attempt_of_every_run_writes_under_its_own_name() -> None:
    runs = [build_run_work(run=run) for run in range(1, 13)]
    fences = {build_task(work=run, attempt=attempt).fence for run in runs for attempt in range(1, 13)}
    assert len(fences) == 144
