from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.ads.get_ad import AdQuery, GetAd
from domain.ids import AdId
from entrypoints.http.ads import examples
from entrypoints.http.ads.responses import ad_body
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@get(
    "/{ad_id:uuid}",
    summary="See an ad",
    responses=answers(
        {HTTPStatus.OK: Success("The ad as it is now.", examples.SHOWN)},
        {HTTPStatus.NOT_FOUND: ["AD_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def show_ad(request: JsonRequest, ad_id: FromPath[UUID], get_ad: NamedDependency[GetAd]) -> Response[bytes]:
    ad = await get_ad(AdQuery(principal=request.user, ad_id=AdId(ad_id)))
    return answer(ad_body(ad), HTTPStatus.OK)
