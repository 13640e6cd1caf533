from collections.abc import Sequence

from litestar import Router

from application.stores.delete_store import DeleteStore
from application.stores.get_store import GetStore
from application.stores.update_store import UpdateStore
from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.stores.delete_store import remove_store
from entrypoints.http.stores.get_store import show_store
from entrypoints.http.stores.update_store import change_store
from entrypoints.http.use_case import given
from entrypoints.media_consumers.media_consumer import Toolbox


def stores_routers(tools: Toolbox) -> Sequence[Router]:
    router = Router(
        "/api/v2/stores",
        route_handlers=[show_store, change_store, remove_store],
        middleware=[TokenRequired(tools.token_verifier)],
        dependencies={
            "get_store": given(GetStore(begin=tools.begin)),
            "update_store": given(UpdateStore(begin=tools.begin, reconcile=tools.reconcile, clock=tools.clock)),
            "delete_store": given(DeleteStore(begin=tools.begin, reconcile=tools.reconcile)),
        },
        security=[{BEARER: []}],
        tags=["Stores"],
    )
    return [router]
