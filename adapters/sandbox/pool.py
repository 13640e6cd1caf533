"""Long-lived children that run trusted code on untrusted bytes."""

import asyncio
import contextlib
import logging
import os
from types import TracebackType
from typing import Self

from adapters.sandbox.confinement import Limits
from adapters.sandbox.process import Child, ChildDied
from adapters.sandbox.wire import Answer, Call, Refused, Returned
from application.ports.decoding import IsolatedRunner
from domain.assets.failure import FailureCode, MediaRejected

_EXIT_SECONDS = 5.0
_log = logging.getLogger(__name__)


class ChildProcessPool(IsolatedRunner):
    """`size` children (one a core unless told), each with one call at a time.

    `functions` are the only ones that a child will run, as `package.module:function`; their modules are
    imported when it starts. A child is replaced when it dies, overruns its deadline or is cancelled,
    and after `calls_per_child` calls, so that what a decoder leaks stays bounded.

    `run` waits for a free child as long as all are busy: bound the queue before it. The timeout counts
    from then on. A child cannot outlive this process, nor (on Linux) the thread whose event loop started it.
    """

    def __init__(
        self,
        *,
        functions: tuple[str, ...],
        size: int | None = None,
        memory_limit: int = 1 << 30,
        file_size_limit: int = 1 << 28,
        calls_per_child: int = 500,
    ) -> None:
        self._functions = functions
        self._limits = Limits(memory=memory_limit, file_size=file_size_limit)
        self._calls_per_child = calls_per_child
        self._slots = [_Slot(functions, self._limits) for _ in range(size or os.cpu_count() or 1)]
        self._free: asyncio.LifoQueue[_Slot] = asyncio.LifoQueue()
        for slot in self._slots:
            self._free.put_nowait(slot)

    async def __aenter__(self) -> Self:
        """Raises ChildDidNotStart; no child is left behind then."""
        try:
            async with asyncio.TaskGroup() as group:
                for slot in self._slots:
                    group.create_task(slot.ready())
        except BaseExceptionGroup as failures:
            await self._end()
            raise failures.exceptions[0] from None
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def run(self, function: str, arguments: dict[str, object], *, timeout: float) -> dict[str, object]:
        if function not in self._functions:
            raise ValueError(f"{function} is not among the functions of this pool")
        slot = await self._free.get()
        try:
            answer = await self._ask(slot, Call(function=function, arguments=arguments), timeout)
        except BaseException:
            slot.discard()
            raise
        finally:
            self._free.put_nowait(slot)
        return _value(answer)

    async def _ask(self, slot: "_Slot", call: Call, seconds: float) -> Answer:
        child = await slot.ready()
        try:
            async with asyncio.timeout(seconds):
                answer = await child.call(call)
        except TimeoutError:
            raise MediaRejected(FailureCode.TIMEOUT, f"Decoding took more than {seconds:g} s.") from None
        except ChildDied as death:
            child.kill()
            cause = await child.bury()
            _log.warning("decoder process died in %s: %s; stderr: %s", call.function, cause, child.last_words)
            raise MediaRejected(FailureCode.DECODER_CRASHED, f"The decoder crashed: {cause}.") from death
        if isinstance(answer, Refused) and answer.unexpected:
            _log.warning("%s failed on a file: %s", call.function, answer.unexpected)
        if child.calls >= self._calls_per_child:
            slot.discard()
        return answer

    async def _end(self) -> None:
        """Calls under way lose their child, fail at once and give their slot back."""
        for slot in self._slots:
            slot.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_EXIT_SECONDS):
                slots = [await self._free.get() for _ in self._slots]
                await asyncio.gather(*(slot.emptied() for slot in slots))
                for slot in slots:
                    self._free.put_nowait(slot)  # whoever comes now is told that it is closed


class _Slot:
    """The place of one child; it is refilled when next used."""

    def __init__(self, functions: tuple[str, ...], limits: Limits) -> None:
        self._functions = functions
        self._limits = limits
        self._child: Child | None = None
        self._departing: set[asyncio.Task[str]] = set()
        self._closed = False

    async def ready(self) -> Child:
        if self._closed:
            raise RuntimeError("the pool is closed")
        if self._child is not None and not self._child.alive:
            self.discard()
        if self._child is None:
            self._child = await Child.start(self._functions, self._limits)
        return self._child

    def discard(self) -> None:
        if self._child is None:
            return
        self._child.kill()
        burial = asyncio.create_task(self._child.bury())
        self._departing.add(burial)
        burial.add_done_callback(self._departing.discard)
        self._child = None

    def close(self) -> None:
        """For good. Safe while a call is under way."""
        self._closed = True
        if self._child is not None:
            self._child.kill()

    async def emptied(self) -> None:
        self.discard()
        await asyncio.gather(*self._departing)


def _value(answer: Answer) -> dict[str, object]:
    if isinstance(answer, Refused):
        raise MediaRejected(answer.code, answer.detail)
    assert isinstance(answer, Returned)
    return answer.value
