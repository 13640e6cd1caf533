"""Numbers as people read them."""

from rich.filesize import decimal

_MINUTE = 60
_HOUR = 60 * _MINUTE


def shown_size(count: int) -> str:
    """`1.5 MB`: decimal units, as in file managers."""
    return decimal(count)


def shown_duration(seconds: float) -> str:
    """`45 s`, `2 min 05 s`, `1 h 10 min`."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"
