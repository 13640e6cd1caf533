from http import HTTPStatus
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency

from application.batches.list_batches import ListBatches, ListBatchesQuery
from domain.ids import BatchId, ListingId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import batches
from entrypoints.http.documentation.parameters import CURSOR, LIMIT, query_parameter
from entrypoints.http.listing_media.requests import ListBatchesParameters
from entrypoints.http.listing_media.responses import BatchPageBody
from entrypoints.http.listing_media.summaries import summary_body
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.reading.json_body import read_plain

_LISTING_ID = query_parameter("listingId", {"type": "string", "format": "uuid"}, required=True)


@get(
    "/media/uploads",
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
async def list_uploads(
    request: JsonRequest,
    list_batches: NamedDependency[ListBatches],
    listing_id: Annotated[str | None, _LISTING_ID] = None,
    cursor: Annotated[str | None, CURSOR] = None,
    limit: Annotated[str | None, LIMIT] = None,
) -> Response[bytes]:
    """Pointers of violations name the parameter, such as `/limit`."""
    given = read_plain({"listingId": listing_id, "cursor": cursor, "limit": limit}, ListBatchesParameters)
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
