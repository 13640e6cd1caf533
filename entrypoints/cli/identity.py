"""Who the command line is, unless told otherwise: one user of one store, the same in every command.

`vitrine run`, `token`, `listing` and `upload` therefore fit together without arguments.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from adapters.auth.jwt import issue_token
from domain.ids import StoreId, UserId
from domain.principal import Principal, Role
from entrypoints.cli.errors import CommandFailed
from entrypoints.secrets import LocalSecrets, Secrets
from entrypoints.services import local_folder
from entrypoints.settings import Settings

DEMO_STORE = StoreId(UUID("00000000-0000-7000-8000-00000000da7a"))
DEMO_USER = UserId(UUID("00000000-0000-7000-8000-00000000cafe"))
ALL_ROLES = frozenset(Role)
WORKING_DAY = timedelta(hours=12)


def demo_principal(roles: Collection[Role] = ALL_ROLES) -> Principal:
    return Principal(user_id=DEMO_USER, store_id=DEMO_STORE, roles=frozenset(roles))


def signed_token(settings: Settings, principal: Principal, lifetime: timedelta = WORKING_DAY) -> str:
    """A token that the server with the same settings accepts. Raises CommandFailed where we hold no secret."""
    if settings.embeds_services and settings.jwt_secret is None and LocalSecrets.known(local_folder(settings)) is None:
        raise CommandFailed(
            f"No server has run on {local_folder(settings)} yet, so there is no secret to sign with: "
            "start `vitrine run` first, or call this in its folder and with its VITRINE_DATA_DIR."
        )
    secret = Secrets.of(settings).jwt_secret
    if secret is None:
        raise CommandFailed(
            "There is no secret to sign a token with: set VITRINE_JWT_SECRET, or take a token from your issuer "
            "and pass it as --token."
        )
    try:
        return issue_token(secret, principal, lifetime, datetime.now(UTC))
    except ValueError as error:
        raise CommandFailed(f"VITRINE_JWT_SECRET cannot be used: {error}.") from error
