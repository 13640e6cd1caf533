from typing import Annotated

import typer
from rich.table import Table

from entrypoints.cli.terminal import output
from entrypoints.settings import describe


def register(app: typer.Typer) -> None:
    app.command()(settings)


def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="As a Markdown table.")] = False,
) -> None:
    """List every setting with its default and its meaning.

    Settings are environment variables.

    For example:

      vitrine settings

      VITRINE_PORT=9000 VITRINE_LOG_LEVEL=debug vitrine run
    """
    if markdown:
        typer.echo(_markdown())
        return
    table = Table("setting", "default", "meaning", box=None, header_style="bold", pad_edge=False)
    for name, default, meaning in describe():
        table.add_row(f"[cyan]{name}[/cyan]", default, meaning)
    output().print(table)


def _markdown() -> str:
    rows = [f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |" for name, default, meaning in describe()]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])
