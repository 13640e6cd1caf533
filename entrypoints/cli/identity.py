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
from entrypoints.running_services import require_has_run
from entrypoints.secrets import Secrets
from entrypoints.settings import Settings

DEMO_STORE = StoreId(UUID("00000000-0000-7000-8000-00000000da7a"))
DEMO_USER = UserId(UUID("00000000-0000-7000-8000-00000000cafe"))
ALL_ROLES = frozenset(Role)
WORKING_DAY = timedelta(hours=12)


def demo_principal(roles: Collection[Role] = ALL_ROLES) -> Principal:
    return Principal(user_id=DEMO_USER, store_id=DEMO_STORE, roles=frozenset(roles))


def signed_token(settings: Settings, principal: Principal, lifetime: timedelta = WORKING_DAY) -> str:
    """A token that the server with the same settings accepts. Raises NeverRan, or CommandFailed where we hold no
    secret.
    """
    if settings.jwt_secret is None:
        require_has_run(settings)
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
