"""The child's side: `python -m adapters.sandbox.child`. One call at a time, until stdin ends."""

import importlib
import os
from collections.abc import Callable
from typing import IO

import msgspec

from adapters.sandbox.confinement import Limits, confine
from adapters.sandbox.wire import (
    OUT_OF_MEMORY_STATUS,
    Answer,
    Call,
    Ready,
    Refused,
    Returned,
    Settings,
    frame,
    read_frame,
)
from domain.assets.failure import FailureCode, MediaRejected

_MAX_TEXT = 1000

_Function = Callable[..., dict[str, object]]


def main() -> None:
    requests, answers = _private_streams()
    first = read_frame(requests)
    if first is None:
        return
    settings = msgspec.json.decode(first, type=Settings)
    confine(Limits(**settings.limits))
    functions = {name: _resolve(name) for name in settings.functions}
    _send(answers, Ready())
    while (body := read_frame(requests)) is not None:
        call = msgspec.json.decode(body, type=Call)
        _send(answers, _perform(functions[call.function], call.arguments))


def _private_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Decoders written in C print as they please: keep our pipes away from descriptors 0 and 1."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _resolve(name: str) -> _Function:
    module, _, attribute = name.partition(":")
    function: _Function = getattr(importlib.import_module(module), attribute)
    return function


def _send(answers: IO[bytes], answer: Answer) -> None:
    answers.write(frame(answer))
    answers.flush()


def _perform(function: _Function, arguments: dict[str, object]) -> Answer:
    try:
        return Returned(value=function(**arguments))
    except MediaRejected as rejection:
        return Refused(code=rejection.failure.code, detail=rejection.failure.detail)
    except MemoryError:
        os._exit(OUT_OF_MEMORY_STATUS)
    except Exception as error:  # noqa: BLE001 - decoders raise anything, and none of it may pass for our own fault
        return _refusal(error)


def _refusal(error: Exception) -> Refused:
    """An error of the operating system (disk full, file missing) says nothing about the media."""
    unexpected = f"{type(error).__name__}: {error}"[:_MAX_TEXT]
    if isinstance(error, OSError) and error.errno is not None:
        detail = f"The decoder failed: {error.strerror}."
        return Refused(code=FailureCode.DECODER_CRASHED, detail=detail, unexpected=unexpected)
    detail = "The file cannot be decoded."
    return Refused(code=FailureCode.UNREADABLE_MEDIA, detail=detail, unexpected=unexpected)


if __name__ == "__main__":
    main()
