"""multipart/form-data, spelled out."""

from typing import Any

BOUNDARY = "a-boundary-of-tests"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def field(name: str, value: str | bytes) -> bytes:
    return part(f'form-data; name="{name}"', value if isinstance(value, bytes) else value.encode())


def file(body: bytes, *, name: str = "file", filename: str = "bottle.jpg") -> bytes:
    return part(f'form-data; name="{name}"; filename="{filename}"', body, "content-type: application/octet-stream\r\n")


def part(disposition: str, body: bytes, more_headers: str = "") -> bytes:
    head = f"--{BOUNDARY}\r\ncontent-disposition: {disposition}\r\n{more_headers}\r\n"
    return head.encode() + body + b"\r\n"


def form(*parts: bytes, end: bytes = f"--{BOUNDARY}--\r\n".encode()) -> bytes:
    return b"".join(parts) + end


def product(body: bytes, **words: str) -> bytes:
    """The form that most clients send."""
    given: dict[str, Any] = {"kind": "product"} | words
    return form(*(field(name, value) for name, value in given.items()), file(body))
