"""A letter is decided upon once."""

from copy import deepcopy
from functools import partial

import pytest

from domain.assets.failure import Failure, FailureCode
from domain.dead_letters.access import Reach, reach_of, require_visible
from domain.dead_letters.dead_letter import DeadLetter, LetterKind, LetterStatus
from domain.dead_letters.errors import DeadLetterNotFound, DeadLetterNotReplayable, DeadLetterResolved
from domain.dead_letters.events import MessageRejected, MessageReplayed
from domain.errors import NotPermitted
from domain.ids import DeadLetterId, StoreId, UserId
from domain.jobs.work import Work
from domain.principal import Principal, Role
from tests.builders import (
    IDS,
    NOW,
    OWNER,
    STORE,
    build_dead_letter,
    build_media_work,
    build_run_work,
    build_stored_message,
    build_task,
    build_task_letter,
)


def test_a_rejected_message_goes_out_with_the_reason() -> None:
    message = build_stored_message()
    letter = DeadLetter.of_message(
        letter_id=DeadLetterId(IDS.new()),
        message=message,
        consumer="vitrine.listings",
        error_code="NOT_A_CLOUD_EVENT",
        error_detail="a\0b\udcff",
        attempts=3,
        now=NOW,
    )

    assert (letter.kind, letter.status, letter.error_detail, letter.store_id) == ("MESSAGE", "OPEN", "ab?", None)
    assert letter.pull_events() == [
        MessageRejected(
            letter_id=letter.id,
            message=message,
            consumer="vitrine.listings",
            error_code="NOT_A_CLOUD_EVENT",
            error_detail="ab?",
            attempts=3,
            occurred_at=NOW,
        )
    ]


@pytest.mark.parametrize("work", [build_run_work(), build_media_work()], ids=["run", "media"])
def test_a_dead_task_is_remembered_with_all_that_it_was_about(work: Work) -> None:
    task = build_task(work=work, attempt=4)
    letter = DeadLetter.of_task(
        letter_id=DeadLetterId(IDS.new()),
        task=task,
        failure=Failure(code=FailureCode.TIMEOUT, detail="x" * 9_000),
        pointer=build_stored_message(),
        store_id=STORE,
        now=NOW,
    )

    assert (letter.kind, letter.consumer, letter.attempts) == (LetterKind.TASK, "", 4)
    assert (letter.task_id, letter.store_id) == (task.id, STORE)
    # Of an address there is none: whoever attached it is told.
    ids = {name: id_ for name, id_ in work.ids.items() if name not in {"store_id", "set_attachment_id"}}
    assert {name: getattr(letter, name) for name in ids} == ids
    assert (letter.error_code, len(letter.error_detail)) == ("TIMEOUT", 2_000)
    assert letter.pull_events() == []


def test_a_replayed_message_goes_out_again() -> None:
    letter = build_dead_letter()
    letter.replay(by=OWNER, now=NOW)

    assert (letter.status, letter.resolved_at, letter.resolved_by) == (LetterStatus.REPLAYED, NOW, OWNER)
    assert letter.pull_events() == [MessageReplayed(letter_id=letter.id, message=letter.message, occurred_at=NOW)]


def test_of_a_replayed_task_nothing_goes_out_since_its_batch_is_run_again() -> None:
    letter = build_task_letter()
    letter.replay(by=OWNER, now=NOW)

    assert letter.status is LetterStatus.REPLAYED
    assert letter.pull_events() == []


def test_of_a_discarded_message_nothing_goes_out() -> None:
    letter = build_dead_letter()
    letter.discard(by=OWNER, now=NOW)

    assert (letter.status, letter.resolved_at, letter.resolved_by) == (LetterStatus.DISCARDED, NOW, OWNER)
    assert letter.pull_events() == []


@pytest.mark.parametrize("status", [LetterStatus.REPLAYED, LetterStatus.DISCARDED])
def test_what_is_resolved_stays_so(status: LetterStatus) -> None:
    letter = build_dead_letter(status=status)
    before = deepcopy(letter)
    for step in (
        letter.require_open,
        partial(letter.replay, by=OWNER, now=NOW),
        partial(letter.discard, by=OWNER, now=NOW),
    ):
        with pytest.raises(DeadLetterResolved, match=status):
            step()
    assert letter == before
    assert letter.pull_events() == []


def test_what_was_not_kept_whole_can_only_be_discarded() -> None:
    letter = build_dead_letter(message=build_stored_message(truncated=True))
    with pytest.raises(DeadLetterNotReplayable):
        letter.replay(by=OWNER, now=NOW)
    assert letter.status is LetterStatus.OPEN
    letter.discard(by=OWNER, now=NOW)


def _principal(*roles: Role, store: StoreId = STORE) -> Principal:
    return Principal(user_id=UserId(IDS.new()), store_id=store, roles=frozenset(roles))


def test_admins_see_the_letters_of_their_store_and_operators_those_of_none_too() -> None:
    assert reach_of(_principal(Role.ADMIN)) == Reach(store_id=STORE, strays=False)
    assert reach_of(_principal(Role.ADMIN, Role.SERVICE)) == Reach(store_id=STORE, strays=True)
    for role in set(Role) - {Role.ADMIN}:
        with pytest.raises(NotPermitted):
            reach_of(_principal(role))


@pytest.mark.parametrize("operator", [True, False])
def test_whatever_is_out_of_reach_does_not_exist(operator: bool) -> None:
    who = _principal(Role.ADMIN, *([Role.SERVICE] if operator else []))
    require_visible(build_task_letter(), who)
    with pytest.raises(DeadLetterNotFound):
        require_visible(build_task_letter(store_id=StoreId(IDS.new())), who)
    if operator:
        require_visible(build_dead_letter(), who)
    else:
        with pytest.raises(DeadLetterNotFound):
            require_visible(build_dead_letter(), who)
