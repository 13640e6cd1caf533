"""One file of the library as a form, streamed from disk."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from domain.batches.limits import MIB
from entrypoints.cli.errors import CommandFailed

_BLOCK = 1 * MIB
_QUOTED = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
"""As browsers write names into a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaForm:
    """`words` are its fields; those that are empty are left out. `size` is the file's, as it was looked at."""

    path: Path
    size: int
    words: Mapping[str, str]
    boundary: str = field(default_factory=lambda: uuid4().hex)

    @property
    def name(self) -> str:
        """The file's, with what is no Unicode replaced."""
        return self.path.name.encode(errors="replace").decode()

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": f"multipart/form-data; boundary={self.boundary}",
            "Content-Length": str(len(self._front) + self.size + len(self._back)),
        }

    async def blocks(self, moved: Callable[[int], None]) -> AsyncIterator[bytes]:
        """The whole body; `moved` is told of each block of the file as it leaves. Raises CommandFailed, OSError."""
        yield self._front
        with self.path.open("rb", buffering=0) as file:
            left = self.size
            while left:
                block = await asyncio.to_thread(file.read, min(_BLOCK, left))
                if not block:
                    raise CommandFailed(f"{self.path} has become shorter while it was sent. Send it again.")
                left -= len(block)
                yield block
                moved(len(block))
        yield self._back

    @property
    def _front(self) -> bytes:
        fields = "".join(
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{word}\r\n'
            for name, word in self.words.items()
            if word
        )
        disposition = f'Content-Disposition: form-data; name="file"; filename="{self.name.translate(_QUOTED)}"'
        return f"{fields}--{self.boundary}\r\n{disposition}\r\n\r\n".encode()

    @property
    def _back(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()
