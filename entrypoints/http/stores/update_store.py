from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, patch
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.stores.update_store import UpdateStore, UpdateStoreCommand
from domain.ids import MediaId, StoreId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.patching import change_of
from entrypoints.http.stores import examples
from entrypoints.http.stores.requests import UpdateStoreBody
from entrypoints.http.stores.responses import store_body


@patch(
    "/{store_id:uuid}",
    summary="Change a store's logo and banner",
    responses=answers(
        {HTTPStatus.OK: Success("The store as it is now.", examples.STORE)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["STORE_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE", "CONCURRENT_UPDATE"],
        },
    ),
)
async def change_store(
    request: JsonRequest,
    store_id: FromPath[UUID],
    data: Annotated[UpdateStoreBody, shown(examples.CHANGE)],
    update_store: NamedDependency[UpdateStore],
) -> Response[bytes]:
    """For owners and admins. A member that is left out stays as it is, null clears it."""
    store = await update_store(
        UpdateStoreCommand(
            principal=request.user,
            store_id=StoreId(store_id),
            logo_media_id=change_of(data.logo_media_id, MediaId),
            banner_media_id=change_of(data.banner_media_id, MediaId),
        )
    )
    return answer(store_body(store), HTTPStatus.OK)
