from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from application.attachment_sets.get_owner import GetOwner, OwnerQuery
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.set_owners.owner_api import OwnerApi


def getting(api: OwnerApi[Any]) -> HTTPRouteHandler:
    @get(
        api.one,
        operation_id=f"show{api.noun.title()}",
        summary=f"See a {api.noun}",
        responses=answers(
            {HTTPStatus.OK: Success(f"The {api.noun} as it is now.", api.shown)},
            {HTTPStatus.NOT_FOUND: [api.not_found]},
            takes_body=False,
        ),
    )
    async def show(
        request: JsonRequest,
        owner_id: Annotated[UUID, PathParameter(name=api.id_name)],
        get_owner: NamedDependency[GetOwner[Any]],
    ) -> Response[bytes]:
        shown = await get_owner(OwnerQuery(principal=request.user, owner_id=owner_id))
        return answer(api.body(shown), HTTPStatus.OK)

    return show
