"""Options that several commands share."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, TypeAlias
from uuid import UUID

import typer

from entrypoints.cli.client import ApiClient, open_client
from entrypoints.cli.identity import demo_principal, signed_token
from entrypoints.settings import Settings

Listing = Annotated[UUID, typer.Option(help="The listing, by its id.")]
Batch = Annotated[UUID | None, typer.Option(help="The batch, by its id.")]
Api = Annotated[
    str | None, typer.Option(help="Address of the API; that of the settings when left out.", show_default=False)
]
Token = Annotated[
    str | None, typer.Option(help="Bearer token; one signed with the local secret when left out.", show_default=False)
]
Port = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="Port of HTTP; VITRINE_PORT when left out, 0 a free one.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="As the API answers it.")]
Folder = Annotated[Path, typer.Argument(help="A folder of media files.")]


Connection: TypeAlias = AbstractAsyncContextManager[ApiClient]


def connect(api: str | None, token: str | None) -> Connection:
    """To the server that the options name, or else the settings. Raises CommandFailed without any token."""
    settings = Settings.from_environment()
    return open_client(api or settings.base_url, token or signed_token(settings, demo_principal()))
