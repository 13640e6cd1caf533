from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.licenses.get_license import GetLicense, LicenseQuery
from domain.ids import LicenseId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.licenses import examples
from entrypoints.http.licenses.responses import license_body
from entrypoints.http.reading.json_request import JsonRequest


@get(
    "/{license_id:uuid}",
    summary="See a license",
    responses=answers(
        {HTTPStatus.OK: Success("The license as it is now.", examples.SHOWN)},
        {HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"], HTTPStatus.NOT_FOUND: ["LICENSE_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def show_license(
    request: JsonRequest, license_id: FromPath[UUID], get_license: NamedDependency[GetLicense]
) -> Response[bytes]:
    """For those who run the store."""
    license_ = await get_license(LicenseQuery(principal=request.user, license_id=LicenseId(license_id)))
    return answer(license_body(license_), HTTPStatus.OK)
