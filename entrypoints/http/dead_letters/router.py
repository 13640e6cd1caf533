"""The endpoints of those who look after what was given up on."""

from litestar import Router
from litestar.di import Provide

from entrypoints.http.authentication import TokenRequired
from entrypoints.http.dead_letters.discard_dead_letter import discard_letter
from entrypoints.http.dead_letters.get_dead_letter import show_dead_letter
from entrypoints.http.dead_letters.list_dead_letters import find_dead_letters
from entrypoints.http.dead_letters.replay_dead_letter import replay_letter
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.services import HttpServices


def dead_letters_router(services: HttpServices) -> Router:
    return Router(
        "/api/v2/dead-letters",
        route_handlers=[find_dead_letters, show_dead_letter, replay_letter, discard_letter],
        middleware=[TokenRequired(services.token_verifier)],
        dependencies={
            "list_dead_letters": _given(services.list_dead_letters),
            "get_dead_letter": _given(services.get_dead_letter),
            "replay_dead_letter": _given(services.replay_dead_letter),
            "discard_dead_letter": _given(services.discard_dead_letter),
        },
        security=[{BEARER: []}],
        tags=["Dead letters"],
    )


def _given(use_case: object) -> Provide:
    return Provide(lambda: use_case, sync_to_thread=False)
