from http import HTTPStatus
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.ads.delete_ad import DeleteAd, DeleteAdCommand
from domain.ids import AdId
from entrypoints.http.answering import no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@delete(
    "/{ad_id:uuid}",
    summary="Delete an ad",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("It is gone, and its media are released.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["AD_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
        },
        takes_body=False,
    ),
)
async def remove_ad(
    request: JsonRequest, ad_id: FromPath[UUID], delete_ad: NamedDependency[DeleteAd]
) -> Response[None]:
    """For those who run the store."""
    await delete_ad(DeleteAdCommand(principal=request.user, ad_id=AdId(ad_id)))
    return no_content()
