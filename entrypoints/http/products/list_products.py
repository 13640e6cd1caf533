from http import HTTPStatus
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency

from application.products.list_products import ListProducts, ListProductsQuery
from domain.ids import ProductId
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.parameters import query_parameter
from entrypoints.http.listing_media.answering import answer
from entrypoints.http.products import examples
from entrypoints.http.products.requests import ProductsParameters
from entrypoints.http.products.responses import ProductPageBody, product_body
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.reading.json_body import read_plain

_CURSOR = query_parameter("cursor", {"type": "string"}, description="`nextCursor` of the page before.")
_LIMIT = query_parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 25})


@get(
    "/",
    summary="List products",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", examples.PAGE)},
        {HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def find_products(
    request: JsonRequest,
    list_products: NamedDependency[ListProducts],
    *,
    cursor: Annotated[str | None, _CURSOR] = None,
    limit: Annotated[str | None, _LIMIT] = None,
) -> Response[bytes]:
    given = read_plain({"cursor": cursor, "limit": limit}, ProductsParameters)
    page = await list_products(
        ListProductsQuery(
            principal=request.user,
            before=ProductId(decode_cursor(given.cursor)) if given.cursor is not None else None,
            limit=given.limit,
        )
    )
    body = ProductPageBody(
        products=[product_body(product) for product in page.products],
        next_cursor=encode_cursor(page.next_before) if page.next_before else None,
    )
    return answer(body, HTTPStatus.OK)
