import random

from application.ports.randomness import Randomness


class SystemRandomness(Randomness):
    def jitter(self) -> float:
        return random.random()  # noqa: S311 - it spreads retries, it keeps no secret
