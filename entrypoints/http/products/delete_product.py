from http import HTTPStatus
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.products.delete_product import DeleteProduct, DeleteProductCommand
from domain.ids import ProductId
from entrypoints.http.answering import no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@delete(
    "/{product_id:uuid}",
    summary="Delete a product",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("It is gone, and its media are released.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["PRODUCT_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
        },
        takes_body=False,
    ),
)
async def remove_product(
    request: JsonRequest, product_id: FromPath[UUID], delete_product: NamedDependency[DeleteProduct]
) -> Response[None]:
    """For those who run the store."""
    await delete_product(DeleteProductCommand(principal=request.user, product_id=ProductId(product_id)))
    return no_content()
