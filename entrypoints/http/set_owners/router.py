"""Parts and kits: one implementation, a router for each."""

from collections.abc import Sequence
from typing import Any

from litestar import Router

from application.attachment_sets.attachment_links import AttachmentLinks
from application.attachment_sets.copy_attachment import CopyAttachment
from application.attachment_sets.create_owner import CreateOwner
from application.attachment_sets.delete_owner import DeleteOwner
from application.attachment_sets.get_owner import GetOwner
from application.attachment_sets.list_owners import ListOwners
from application.attachment_sets.set_keeper import SetKeeper
from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.set_owners.copy_attachment import copying
from entrypoints.http.set_owners.create_owner import creating
from entrypoints.http.set_owners.delete_owner import deleting
from entrypoints.http.set_owners.get_owner import getting
from entrypoints.http.set_owners.list_owners import listing
from entrypoints.http.set_owners.owner_api import KIT_API, PART_API, OwnerApi
from entrypoints.http.use_case import given
from entrypoints.media_consumers.media_consumer import Toolbox


def set_owners_routers(tools: Toolbox) -> Sequence[Router]:
    return [_router(PART_API, tools), _router(KIT_API, tools)]


def _router(api: OwnerApi[Any], tools: Toolbox) -> Router:
    sort, begin, clock, ids = api.sort, tools.begin, tools.clock, tools.ids
    keeper = SetKeeper(reconcile=tools.reconcile, telemetry=tools.telemetry)
    links = AttachmentLinks(links=tools.media_links)
    return Router(
        f"/api/v2/{api.plural}",
        route_handlers=[creating(api), listing(api), getting(api), deleting(api), copying(api)],
        middleware=[TokenRequired(tools.token_verifier)],
        dependencies={
            "create_owner": given(CreateOwner(sort=sort, begin=begin, clock=clock, ids=ids)),
            "list_owners": given(ListOwners(sort=sort, begin=begin, links=links)),
            "get_owner": given(GetOwner(sort=sort, begin=begin, links=links)),
            "delete_owner": given(DeleteOwner(sort=sort, begin=begin, keeper=keeper)),
            "copy_attachment": given(
                CopyAttachment(sort=sort, begin=begin, keeper=keeper, links=links, clock=clock, ids=ids)
            ),
        },
        security=[{BEARER: []}],
        tags=[api.plural.title()],
    )
