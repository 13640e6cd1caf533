from http import HTTPStatus

from litestar import Response, get
from litestar.di import NamedDependency

from application.products.list_products import ListProducts, ListProductsQuery
from domain.ids import ProductId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.queried import queried
from entrypoints.http.products import examples
from entrypoints.http.products.responses import ProductPageBody, product_body
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.page_parameters import PageParameters
from entrypoints.http.reading.query_string import read_parameters


@get(
    "/",
    operation_class=queried(PageParameters),
    summary="List products",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", examples.PAGE)},
        {HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def find_products(request: JsonRequest, list_products: NamedDependency[ListProducts]) -> Response[bytes]:
    given = read_parameters(request, PageParameters)
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
