from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.stores.get_store import GetStore, StoreQuery
from domain.ids import StoreId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.stores import examples
from entrypoints.http.stores.responses import store_body


@get(
    "/{store_id:uuid}",
    summary="See a store",
    responses=answers(
        {HTTPStatus.OK: Success("The store as it is now.", examples.STORE)},
        {HTTPStatus.NOT_FOUND: ["STORE_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def show_store(
    request: JsonRequest, store_id: FromPath[UUID], get_store: NamedDependency[GetStore]
) -> Response[bytes]:
    store = await get_store(StoreQuery(principal=request.user, store_id=StoreId(store_id)))
    return answer(store_body(store), HTTPStatus.OK)
