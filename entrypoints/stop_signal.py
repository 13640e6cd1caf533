import asyncio
import signal


class StopSignal:
    """`asked` at the first SIGINT or SIGTERM, `urged` at the next: finish what is at hand, or give it back at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.urged = asyncio.Event()

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.send)

    def send(self) -> None:
        (self.urged if self.asked.is_set() else self.asked).set()
