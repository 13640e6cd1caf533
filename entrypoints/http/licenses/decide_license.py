from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.licenses.decide_license import DecideLicense, DecideLicenseCommand
from domain.ids import LicenseId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.licenses import examples
from entrypoints.http.licenses.requests import DecideLicenseBody
from entrypoints.http.licenses.responses import license_body
from entrypoints.http.reading.json_request import JsonRequest


@put(
    "/{license_id:uuid}/status",
    summary="Decide on a license",
    responses=answers(
        {HTTPStatus.OK: Success("The license as it is now.", examples.SHOWN)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LICENSE_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["INVALID_STATE", "CONCURRENT_UPDATE"],
        },
    ),
)
async def judge_license(
    request: JsonRequest,
    license_id: FromPath[UUID],
    data: Annotated[DecideLicenseBody, shown(examples.DECISION)],
    decide_license: NamedDependency[DecideLicense],
) -> Response[bytes]:
    """For admins and services: APPROVED, REJECTED or EXPIRED. Its document stays protected. May be repeated."""
    license_ = await decide_license(
        DecideLicenseCommand(principal=request.user, license_id=LicenseId(license_id), status=data.status)
    )
    return answer(license_body(license_), HTTPStatus.OK)
