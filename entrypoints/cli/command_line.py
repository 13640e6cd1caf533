"""What `vitrine` understands."""

from collections.abc import Iterable
from importlib import import_module

import typer

COMMANDS = (
    *("run", "demo", "seed", "token", "listing", "upload", "status", "download", "media", "settings", "asyncapi"),
    *("migrate", "topics", "api", "relay", "worker", "consume", "dlq", "audit"),
)
"""Each is a module beside this one, which has `register`."""


def command_line(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """Of these commands, and of nothing that only others import."""
    app = typer.Typer(
        name="vitrine",
        help="Media back-end of a marketplace: direct uploads, processing, signed downloads.",
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_named_even_if_alone)
    for command in commands:
        import_module(f"entrypoints.cli.{command}").register(app)
    return app


def _named_even_if_alone() -> None:
    # Without a callback, Typer takes one command for the whole program.
    pass
