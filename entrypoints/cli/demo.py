import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
import uvloop

from adapters.telemetry.log import configure_logging
from entrypoints.cli.errors import CommandFailed


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    photos: Annotated[
        Path | None,
        typer.Option(help="A folder of your own photos and videos; samples when left out.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the results are saved.")] = Path("out"),
) -> None:
    """Show it all at once: deliver media through the HTTP API, have them processed, and save what comes out.

    It brings its own servers on free ports with data that is thrown away, so it disturbs no `vitrine run`.

    For example:

      vitrine demo

      vitrine demo --photos ~/Pictures/house --out house
    """
    if photos is not None and not photos.is_dir():
        raise CommandFailed(f"{photos} is not a folder.")
    # The servers take seconds to import, and the other commands do not need them.
    from entrypoints.cli.demonstration import demonstrate  # noqa: PLC0415

    out.mkdir(parents=True, exist_ok=True)
    # Only what goes wrong: the demo tells the rest itself.
    configure_logging(level="error", as_json=False)
    # Ending by SIGTERM cleans up as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with TemporaryDirectory(prefix="vitrine-demo-", ignore_cleanup_errors=True) as scratch:
        # PostgreSQL may run as another user, who has to pass.
        Path(scratch).chmod(0o711)
        ready = uvloop.run(demonstrate(photos, out, Path(scratch)))
    if not ready:
        raise CommandFailed("Not every file could be processed; the tables above say which and why.")
