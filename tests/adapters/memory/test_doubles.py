"""What tests lean on must itself be sound."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.ids import SequentialIds


def test_sequential_ids_are_rising_uuids_of_version_7_and_the_same_in_every_run() -> None:
    ids, again = SequentialIds(), SequentialIds()
    minted = [ids.new() for _ in range(300)]

    assert minted == sorted(set(minted))
    assert {(identity.version, identity.variant) for identity in minted} == {(7, RFC_4122)}
    assert minted == [again.new() for _ in range(300)]


def test_a_manual_clock_goes_when_it_is_told_to_and_never_back() -> None:
    clock = ManualClock(datetime(2025, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == clock.now() == datetime(2025, 1, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC

    assert clock.advance(timedelta(seconds=1)) == clock.now() == datetime(2025, 1, 1, 0, 0, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(timedelta(seconds=-1))
