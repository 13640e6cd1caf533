from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.ads.create_ad import CreateAd, CreateAdCommand
from domain.ads.ad import Creative
from domain.ids import MediaId
from entrypoints.http.ads import examples
from entrypoints.http.ads.requests import AdBody
from entrypoints.http.ads.responses import ad_body
from entrypoints.http.answering import created
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.creates import Creates
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/",
    operation_class=Creates,
    summary="Create an ad",
    responses=answers(
        {HTTPStatus.CREATED: Success("The ad; its media are protected.", examples.SHOWN)},
        {HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"], HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE"]},
    ),
)
async def make_ad(
    request: JsonRequest, data: Annotated[AdBody, shown(examples.AD)], create_ad: NamedDependency[CreateAd]
) -> Response[bytes]:
    """For those who run the store."""
    ad = await create_ad(CreateAdCommand(principal=request.user, title=data.title, creatives=creatives_of(data)))
    return created(ad_body(ad), request, ad.id)


def creatives_of(body: AdBody) -> list[Creative]:
    return [Creative(media_id=MediaId(each.media_id), headline=each.headline) for each in body.creatives]
