from typing import Self


class PartMemory:
    """The bytes of one part as they come. Its memory grows no further than it must, and is filled again by the next
    part: new pages cost more than the copy into them.
    """

    def __init__(self) -> None:
        self.size = 0
        self._memory = bytearray()

    @property
    def body(self) -> memoryview:
        return memoryview(self._memory)[: self.size]

    def take(self, piece: memoryview) -> None:
        """Append a copy of it. Not while anybody has a `body` that it would outgrow."""
        end = self.size + len(piece)
        if end <= len(self._memory):
            memoryview(self._memory)[self.size : end] = piece
        else:
            self._memory[self.size :] = piece
        self.size = end

    def emptied(self) -> Self:
        self.size = 0
        return self
