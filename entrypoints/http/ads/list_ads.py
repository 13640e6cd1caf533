from http import HTTPStatus

from litestar import Response, get
from litestar.di import NamedDependency

from application.ads.list_ads import ListAds, ListAdsQuery
from domain.ids import AdId
from entrypoints.http.ads import examples
from entrypoints.http.ads.responses import AdPageBody, ad_body
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.queried import queried
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.page_parameters import PageParameters
from entrypoints.http.reading.query_string import read_parameters


@get(
    "/",
    operation_class=queried(PageParameters),
    summary="List ads",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", examples.PAGE)},
        {HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def find_ads(request: JsonRequest, list_ads: NamedDependency[ListAds]) -> Response[bytes]:
    given = read_parameters(request, PageParameters)
    page = await list_ads(
        ListAdsQuery(
            principal=request.user,
            before=AdId(decode_cursor(given.cursor)) if given.cursor is not None else None,
            limit=given.limit,
        )
    )
    body = AdPageBody(
        ads=[ad_body(ad) for ad in page.ads],
        next_cursor=encode_cursor(page.next_before) if page.next_before else None,
    )
    return answer(body, HTTPStatus.OK)
