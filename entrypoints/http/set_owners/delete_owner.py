from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from application.attachment_sets.delete_owner import DeleteOwner, DeleteOwnerCommand
from entrypoints.http.answering import no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.set_owners.owner_api import OwnerApi


def deleting(api: OwnerApi[Any]) -> HTTPRouteHandler:
    @delete(
        api.one,
        operation_id=f"remove{api.noun.title()}",
        summary=f"Delete a {api.noun}",
        description="For those who run the store. The media of its attachments are released, and stay in the library.",
        responses=answers(
            {HTTPStatus.NO_CONTENT: Success("It is gone, with its attachment set and all attachments.")},
            {
                HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
                HTTPStatus.NOT_FOUND: [api.not_found],
                HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
            },
            takes_body=False,
        ),
    )
    async def remove(
        request: JsonRequest,
        owner_id: Annotated[UUID, PathParameter(name=api.id_name)],
        delete_owner: NamedDependency[DeleteOwner[Any]],
    ) -> Response[None]:
        await delete_owner(DeleteOwnerCommand(principal=request.user, owner_id=owner_id))
        return no_content()

    return remove
