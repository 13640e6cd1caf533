from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.ads.change_ad import ChangeAd, ChangeAdCommand
from domain.ids import AdId
from entrypoints.http.ads import examples
from entrypoints.http.ads.create_ad import creatives_of
from entrypoints.http.ads.requests import AdBody
from entrypoints.http.ads.responses import ad_body
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.reading.json_request import JsonRequest


@put(
    "/{ad_id:uuid}",
    summary="Change an ad",
    responses=answers(
        {HTTPStatus.OK: Success("The ad as it is now.", examples.SHOWN)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["AD_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE", "CONCURRENT_UPDATE"],
        },
    ),
)
async def replace_ad(
    request: JsonRequest,
    ad_id: FromPath[UUID],
    data: Annotated[AdBody, shown(examples.AD)],
    change_ad: NamedDependency[ChangeAd],
) -> Response[bytes]:
    """For those who run the store. Media that it does not show any more are released."""
    ad = await change_ad(
        ChangeAdCommand(principal=request.user, ad_id=AdId(ad_id), title=data.title, creatives=creatives_of(data))
    )
    return answer(ad_body(ad), HTTPStatus.OK)
