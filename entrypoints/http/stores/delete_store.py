from http import HTTPStatus
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.stores.delete_store import DeleteStore, DeleteStoreCommand
from domain.ids import StoreId
from entrypoints.http.answering import no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@delete(
    "/{store_id:uuid}",
    summary="Forget a store",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("It is gone, and uses no media any more.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["STORE_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
        },
        takes_body=False,
    ),
)
async def remove_store(
    request: JsonRequest, store_id: FromPath[UUID], delete_store: NamedDependency[DeleteStore]
) -> Response[None]:
    """For owners and admins. One that is gone is no error."""
    await delete_store(DeleteStoreCommand(principal=request.user, store_id=StoreId(store_id)))
    return no_content()
