"""What comes back from a child, and what does not get in."""

import asyncio
import os
from pathlib import Path

import pytest

from adapters.sandbox.confinement import Limits
from adapters.sandbox.pool import ChildProcessPool
from domain.assets.failure import FailureCode, MediaRejected
from tests.adapters.sandbox.conftest import ONE_GIB
from tests.adapters.sandbox.misbehaviour import FUNCTIONS, call

pytestmark = pytest.mark.skipif(os.name != "posix", reason="children are confined by rlimits")


async def test_answers_with_what_the_function_returned(pool: ChildProcessPool) -> None:
    assert await pool.run(call("add"), {"a": 2, "b": 3}, timeout=5) == {"sum": 5}


async def test_one_child_serves_many_calls(pool: ChildProcessPool) -> None:
    answers = await asyncio.gather(*(pool.run(call("whoami"), {}, timeout=5) for _ in range(10)))
    assert len({answer["pid"] for answer in answers}) == 1


async def test_calls_run_at_the_same_time_in_as_many_children_as_there_are() -> None:
    async with ChildProcessPool(functions=FUNCTIONS, size=2) as pool:
        async with asyncio.timeout(1.9):
            await asyncio.gather(*(pool.run(call("sleep"), {"seconds": 1.0}, timeout=5) for _ in range(2)))


async def test_a_function_that_was_not_named_is_not_run(pool: ChildProcessPool) -> None:
    with pytest.raises(ValueError, match="os:getcwd"):
        await pool.run("os:getcwd", {}, timeout=5)


async def test_a_rejection_keeps_its_code_and_detail(pool: ChildProcessPool) -> None:
    with pytest.raises(MediaRejected) as caught:
        await pool.run(call("reject"), {}, timeout=5)
    assert caught.value.failure.code is FailureCode.PIXEL_LIMIT_EXCEEDED
    assert caught.value.failure.detail == "Too many pixels."


async def test_any_other_exception_means_unreadable_and_tells_nothing(pool: ChildProcessPool) -> None:
    with pytest.raises(MediaRejected) as caught:
        await pool.run(call("stumble"), {}, timeout=5)
    assert caught.value.failure.code is FailureCode.UNREADABLE_MEDIA
    assert "internals" not in caught.value.failure.detail


async def test_an_error_of_the_system_is_not_blamed_on_the_file(pool: ChildProcessPool) -> None:
    with pytest.raises(MediaRejected) as caught:
        await pool.run(call("miss"), {}, timeout=5)
    assert caught.value.failure.code.may_pass


async def test_a_file_cannot_grow_past_its_limit(pool: ChildProcessPool, tmp_path: Path) -> None:
    target = tmp_path / "large"
    with pytest.raises(MediaRejected) as caught:
        await pool.run(call("fill_disk"), {"path": str(target)}, timeout=5)
    assert caught.value.failure.code is FailureCode.DECODER_CRASHED
    assert target.stat().st_size <= 8 << 20


async def test_what_decoders_print_does_not_reach_the_answers(pool: ChildProcessPool) -> None:
    assert await pool.run(call("chatter"), {}, timeout=5) == {"done": True}


async def test_the_parents_environment_is_not_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VITRINE_JWT_SECRET", "do not tell")
    async with ChildProcessPool(functions=FUNCTIONS, size=1) as pool:
        answer = await pool.run(call("whoami"), {}, timeout=5)
    assert "do not tell" not in str(answer["environment"])
    assert set(answer["environment"]) <= {
        "PYTHONPATH",
        "LANG",
        "LC_CTYPE",
        "MALLOC_ARENA_MAX",
        "OMP_NUM_THREADS",
        "VIPS_CONCURRENCY",
    }


async def test_children_are_confined_and_in_a_session_of_their_own(pool: ChildProcessPool) -> None:
    answer = await pool.run(call("whoami"), {}, timeout=5)
    assert answer["RLIMIT_AS"] == ONE_GIB
    assert answer["RLIMIT_CORE"] == 0
    assert answer["RLIMIT_NOFILE"] == 128
    assert answer["session"] == answer["pid"]


async def test_children_give_way_to_everybody_else(pool: ChildProcessPool) -> None:
    answer = await pool.run(call("whoami"), {}, timeout=5)
    assert answer["nice"] == os.nice(0) + Limits().nice
    assert answer["session_nice"] in {None, answer["nice"]}
