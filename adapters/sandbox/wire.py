"""What parent and child say to each other: JSON in frames with a length of four bytes before each."""

from typing import IO

import msgspec

from domain.assets.failure import FailureCode

HEADER_SIZE = 4
MAX_FRAME = 4 << 20
OUT_OF_MEMORY_STATUS = 77
"""The exit status of a child that ran out of memory: its state is not to be trusted any more."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The first frame: what the child may do. It answers `Ready`."""

    functions: tuple[str, ...]
    limits: dict[str, int]


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    pass


class Call(msgspec.Struct, frozen=True, kw_only=True):
    function: str
    arguments: dict[str, object]


class Returned(msgspec.Struct, frozen=True, kw_only=True, tag="returned"):
    value: dict[str, object]


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """`unexpected` is the exception that nobody foresaw: for the log, never for a client."""

    code: FailureCode
    detail: str
    unexpected: str = ""


Answer = Ready | Returned | Refused


def frame(message: Settings | Call | Answer) -> bytes:
    body = msgspec.json.encode(message)
    return len(body).to_bytes(HEADER_SIZE, "big") + body


def decode_answer(body: bytes) -> Answer:
    """Raises ValueError."""
    answer: Answer = msgspec.json.decode(body, type=Answer)
    return answer


def body_size(header: bytes) -> int:
    """Raises ValueError: a child that was taken over must not make its parent read without end."""
    size = int.from_bytes(header, "big")
    if size > MAX_FRAME:
        raise ValueError(f"a frame of {size} bytes")
    return size


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next frame, or None at the end of the stream."""
    header = stream.read(HEADER_SIZE)
    if len(header) < HEADER_SIZE:
        return None
    return stream.read(body_size(header))
