"""How often Python looks for cycles, and where."""

import gc

_NEW_OBJECTS = 50_000
_OF_A_START = 500_000


def look_seldom() -> None:
    """Call it first: what is imported is no garbage, and to look for some took a seventh of a start."""
    gc.set_threshold(_OF_A_START, 20, 20)


def spare_what_is_open() -> None:
    """Call it once all is open: what lives now lives as long as the process, and is not looked through again.

    One request with 60 files makes thousands of objects, so with Python's own thresholds collections took
    a tenth of the CPU, and those of the oldest generation held up every request for 0.1 s. A start leaves a hundred
    objects of garbage: they are spared too, since to find them takes 0.25 s.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
