from http import HTTPStatus
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from application.attachment_sets.list_owners import ListOwners, ListOwnersQuery
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.parameters import CURSOR, LIMIT
from entrypoints.http.reading.cursor import decode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.page_parameters import PageParameters
from entrypoints.http.set_owners.owner_api import OwnerApi
from entrypoints.reading.json_body import read_plain


def listing(api: OwnerApi[Any]) -> HTTPRouteHandler:
    @get(
        "/",
        operation_id=f"find{api.plural.title()}",
        summary=f"List {api.plural}",
        responses=answers(
            {HTTPStatus.OK: Success("Newest first.", api.listed)},
            {HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
            takes_body=False,
        ),
    )
    async def find(
        request: JsonRequest,
        list_owners: NamedDependency[ListOwners[Any]],
        *,
        cursor: Annotated[str | None, CURSOR] = None,
        limit: Annotated[str | None, LIMIT] = None,
    ) -> Response[bytes]:
        given = read_plain({"cursor": cursor, "limit": limit}, PageParameters)
        page = await list_owners(
            ListOwnersQuery(
                principal=request.user,
                before=decode_cursor(given.cursor) if given.cursor is not None else None,
                limit=given.limit,
            )
        )
        return answer(api.page(page), HTTPStatus.OK)

    return find
