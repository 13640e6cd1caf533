from http import HTTPStatus
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from application.attachment_sets.list_owners import ListOwners, ListOwnersQuery
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.queried import queried
from entrypoints.http.reading.cursor import decode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.page_parameters import PageParameters
from entrypoints.http.reading.query_string import read_parameters
from entrypoints.http.set_owners.owner_api import OwnerApi


def listing(api: OwnerApi[Any]) -> HTTPRouteHandler:
    @get(
        "/",
        operation_class=queried(PageParameters),
        operation_id=f"find{api.plural.title()}",
        summary=f"List {api.plural}",
        responses=answers(
            {HTTPStatus.OK: Success("Newest first.", api.listed)},
            {HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
            takes_body=False,
        ),
    )
    async def find(request: JsonRequest, list_owners: NamedDependency[ListOwners[Any]]) -> Response[bytes]:
        given = read_parameters(request, PageParameters)
        page = await list_owners(
            ListOwnersQuery(
                principal=request.user,
                before=decode_cursor(given.cursor) if given.cursor is not None else None,
                limit=given.limit,
            )
        )
        return answer(api.page(page), HTTPStatus.OK)

    return find
