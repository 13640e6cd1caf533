"""How long a failed task waits: longer each time, never too long, never at the same moment as its neighbours."""

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from domain.jobs.task import RetryPolicy

policies = st.builds(
    RetryPolicy,
    first_delay=st.timedeltas(timedelta(milliseconds=1), timedelta(hours=1)),
    longest_delay=st.timedeltas(timedelta(seconds=1), timedelta(days=1)),
)
TICK = timedelta(microseconds=1)


@given(policies, st.integers(1, 100_000), st.floats(0, 1))
@example(RetryPolicy(), 10_000, 1.0)
def test_a_delay_lies_between_half_of_the_doubled_one_and_the_longest(
    policy: RetryPolicy, attempt: int, jitter: float
) -> None:
    ceiling = policy.longest_delay
    if attempt <= 30:
        ceiling = min(policy.first_delay * 2 ** (attempt - 1), policy.longest_delay)
    elif policy.first_delay * 2**30 < policy.longest_delay:
        return
    assert ceiling / 2 - TICK <= policy.delay(attempt, jitter) <= ceiling + TICK


@given(policies, st.integers(1, 200), st.floats(0, 1))
def test_the_next_delay_is_never_shorter(policy: RetryPolicy, attempt: int, jitter: float) -> None:
    assert policy.delay(attempt, jitter) <= policy.delay(attempt + 1, jitter)


@given(policies, st.integers(1, 200), st.floats(0, 1), st.floats(0, 1))
def test_more_jitter_waits_longer(policy: RetryPolicy, attempt: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert policy.delay(attempt, low) <= policy.delay(attempt, high)


def test_the_default_doubles_from_two_seconds_to_five_minutes() -> None:
    delays = [RetryPolicy().delay(attempt, 1.0).total_seconds() for attempt in range(1, 11)]
    assert delays == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
