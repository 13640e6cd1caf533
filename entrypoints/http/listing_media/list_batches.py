from http import HTTPStatus

from litestar import Response, get
from litestar.di import NamedDependency

from application.batches.list_batches import ListBatches, ListBatchesQuery
from domain.ids import BatchId, ListingId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import batches
from entrypoints.http.documentation.queried import queried
from entrypoints.http.listing_media.requests import ListBatchesParameters
from entrypoints.http.listing_media.responses import BatchPageBody
from entrypoints.http.listing_media.summaries import summary_body
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.query_string import read_parameters


@get(
    "/media/uploads",
    operation_class=queried(ListBatchesParameters),
    summary="List the batches of a listing",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", batches.PAGE)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LISTING_NOT_FOUND"],
            HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"],
        },
        takes_body=False,
    ),
)
async def list_uploads(request: JsonRequest, list_batches: NamedDependency[ListBatches]) -> Response[bytes]:
    """Pointers of violations name the parameter, such as `/limit`."""
    given = read_parameters(request, ListBatchesParameters)
    page = await list_batches(
        ListBatchesQuery(
            principal=request.user,
            listing_id=ListingId(given.listing_id),
            before=BatchId(decode_cursor(given.cursor)) if given.cursor is not None else None,
            limit=given.limit,
        )
    )
    body = BatchPageBody(
        batches=[summary_body(batch) for batch in page.batches],
        next_cursor=encode_cursor(page.next_before) if page.next_before else None,
    )
    return answer(body, HTTPStatus.OK)
