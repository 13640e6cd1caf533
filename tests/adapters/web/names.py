import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult


class Names(AbstractResolver):
    """A DNS that says what it is told to, the next answer each time it is asked, and the last for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answer = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        return [self.record(host, address, port) for address in answer]

    def record(self, host: str, address: str, port: int) -> ResolveResult:
        return ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)

    async def close(self) -> None:
        """Nothing is open."""
