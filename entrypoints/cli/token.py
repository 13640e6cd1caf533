from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from domain.ids import StoreId, UserId
from domain.principal import Principal, Role
from entrypoints.cli.identity import ALL_ROLES, DEMO_STORE, DEMO_USER, signed_token
from entrypoints.settings import Settings

_LONGEST_HOURS = 24 * 365


def register(app: typer.Typer) -> None:
    app.command()(token)


def token(
    role: Annotated[list[Role] | None, typer.Option(help="A role; repeat for more. All roles when left out.")] = None,
    user: Annotated[UUID, typer.Option(help="Who the token speaks for.")] = DEMO_USER,
    store: Annotated[UUID, typer.Option(help="The store of that user.")] = DEMO_STORE,
    hours: Annotated[float, typer.Option(min=0.001, max=_LONGEST_HOURS, help="How long it is accepted.")] = 12,
) -> None:
    """Print a token (JWT) for the API, and nothing else.

    It is signed with VITRINE_JWT_SECRET or, on one machine, with the secret beside the embedded data:
    run it in the folder where the server runs.

    For example:

      TOKEN=$(vitrine token)

      vitrine token --role photographer --hours 1

      vitrine token --role owner --user 0198c0de-0000-7000-8000-000000000001
    """
    principal = Principal(user_id=UserId(user), store_id=StoreId(store), roles=frozenset(role or ALL_ROLES))
    typer.echo(signed_token(Settings.from_environment(), principal, timedelta(hours=hours)))
