from collections.abc import Sequence

from litestar import Router

from application.users.delete_user import DeleteUser
from application.users.get_user import GetUser
from application.users.update_user import UpdateUser
from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.use_case import given
from entrypoints.http.users.delete_user import remove_user
from entrypoints.http.users.get_user import show_user
from entrypoints.http.users.update_user import change_user
from entrypoints.media_consumers.media_consumer import Toolbox


def users_routers(tools: Toolbox) -> Sequence[Router]:
    router = Router(
        "/api/v2/users",
        route_handlers=[show_user, change_user, remove_user],
        middleware=[TokenRequired(tools.token_verifier)],
        dependencies={
            "get_user": given(GetUser(begin=tools.begin)),
            "update_user": given(UpdateUser(begin=tools.begin, reconcile=tools.reconcile, clock=tools.clock)),
            "delete_user": given(DeleteUser(begin=tools.begin, reconcile=tools.reconcile)),
        },
        security=[{BEARER: []}],
        tags=["Users"],
    )
    return [router]
