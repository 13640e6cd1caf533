from http import HTTPStatus
from typing import Annotated, Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from application.attachment_sets.create_owner import CreateOwner, CreateOwnerCommand
from application.attachment_sets.get_owner import ShownOwner
from entrypoints.http.answering import created
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.creates import Creates
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.set_owners import examples
from entrypoints.http.set_owners.owner_api import OwnerApi
from entrypoints.http.set_owners.requests import NameBody


def creating(api: OwnerApi[Any]) -> HTTPRouteHandler:
    @post(
        "/",
        operation_class=Creates,
        operation_id=f"make{api.noun.title()}",
        summary=f"Create a {api.noun}",
        description="For those who run the store. It has an attachment set of its own from the start.",
        responses=answers(
            {HTTPStatus.CREATED: Success(f"The {api.noun}.", api.shown)},
            {HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"]},
        ),
    )
    async def create(
        request: JsonRequest,
        data: Annotated[NameBody, shown(examples.NAME)],
        create_owner: NamedDependency[CreateOwner[Any]],
    ) -> Response[bytes]:
        owner = await create_owner(CreateOwnerCommand(principal=request.user, name=data.name))
        return created(api.body(ShownOwner(owner=owner, cover_url=None)), request, owner.id)

    return create
