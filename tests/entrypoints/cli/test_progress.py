import io

from rich.console import Console

from entrypoints.cli.progress import open_meter
from entrypoints.cli.sizes import shown_duration


def render(*, terminal: bool, width: int = 100) -> str:
    target = io.StringIO()
    console = Console(file=target, force_terminal=terminal, width=width, highlight=False)
    with open_meter(console, "uploading", total=3_000_000, done=1_000_000) as meter:
        meter.begin("1", "kitchen [wide].jpg", 2_000_000)
        meter.move("1", 1_500_000)
        meter.move("1", -500_000)
        meter.move("1", 1_000_000)
        meter.end("1")
    return target.getvalue()


def test_without_a_terminal_there_is_one_plain_line() -> None:
    (line,) = render(terminal=False).splitlines()
    assert line.startswith("uploading: 3.0 MB of 3.0 MB, ")
    assert "\x1b" not in line


def test_on_a_terminal_there_are_bars_of_any_width() -> None:
    wide, narrow = render(terminal=True), render(terminal=True, width=40)
    assert "3.0/3.0 MB" in wide
    assert "100%" in narrow


def test_durations_read_well() -> None:
    assert [shown_duration(seconds) for seconds in (0.4, 59, 65, 3725)] == ["0 s", "59 s", "1 min 05 s", "1 h 02 min"]
