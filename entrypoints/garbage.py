"""How often Python looks for cycles, and where."""

import gc

_NEW_OBJECTS = 50_000


def look_seldom() -> None:
    """Call it first: what is imported is no garbage, and to look for some took a seventh of a start."""
    gc.set_threshold(_NEW_OBJECTS, 20, 20)


def spare_what_is_open() -> None:
    """Call it once all is open: what lives now lives as long as the process, and is not looked through again.

    One request with 60 files makes thousands of objects, so with Python's own thresholds collections took
    a tenth of the CPU, and those of the oldest generation held up every request for 0.1 s.
    """
    gc.collect()
    gc.freeze()
    look_seldom()
