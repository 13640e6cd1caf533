from http import HTTPStatus
from typing import Annotated

from litestar import Response, get
from litestar.params import Parameter

from application.batches.list_batches import ListBatches, ListBatchesQuery
from domain.ids import BatchId, ListingId
from entrypoints.http.documentation import examples
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.listing_media.answering import answer
from entrypoints.http.listing_media.cursor import decode_cursor, encode_cursor
from entrypoints.http.listing_media.requests import ListBatchesParameters
from entrypoints.http.listing_media.responses import BatchPageBody
from entrypoints.http.listing_media.summaries import summary_body
from entrypoints.http.reading.json_body import read_plain
from entrypoints.http.reading.json_request import JsonRequest

# Plain text for Litestar, which would stop at the first parameter that is missing; the schema tells the truth.
ListingIdParameter = Annotated[
    str | None, Parameter(query="listingId", required=True, schema_extra={"type": "string", "format": "uuid"})
]
CursorParameter = Annotated[
    str | None, Parameter(query="cursor", description="`nextCursor` of the page before.", schema_extra={"type": "string"})
]
LimitParameter = Annotated[
    str | None,
    Parameter(
        query="limit", schema_extra={"type": "integer", "minimum": 1, "maximum": 100, "default": 25}
    ),
]


@get(
    "/media/uploads",
    summary="List the batches of a listing",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", examples.PAGE)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LISTING_NOT_FOUND"],
            HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"],
        },
        takes_body=False,
    ),
)
async def batches(
    request: JsonRequest,
    list_batches: ListBatches,
    listing_id: ListingIdParameter = None,
    cursor: CursorParameter = None,
    limit: LimitParameter = None,
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
