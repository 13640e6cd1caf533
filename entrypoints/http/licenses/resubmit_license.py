from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, patch
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.licenses.resubmit_license import ResubmitLicense, ResubmitLicenseCommand
from domain.ids import LicenseId, MediaId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.licenses import examples
from entrypoints.http.licenses.requests import ResubmitLicenseBody
from entrypoints.http.licenses.responses import license_body
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.patching import change_of


@patch(
    "/{license_id:uuid}",
    summary="Change number or document of a license",
    responses=answers(
        {HTTPStatus.OK: Success("The license, which waits for a decision again.", examples.SHOWN)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LICENSE_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["LICENSE_DECIDED", "MEDIA_NOT_ATTACHABLE", "CONCURRENT_UPDATE"],
        },
    ),
)
async def correct_license(
    request: JsonRequest,
    license_id: FromPath[UUID],
    data: Annotated[ResubmitLicenseBody, shown(examples.CHANGE)],
    resubmit_license: NamedDependency[ResubmitLicense],
) -> Response[bytes]:
    """For those who run the store, while it is PENDING or REJECTED. A document that is replaced is released."""
    license_ = await resubmit_license(
        ResubmitLicenseCommand(
            principal=request.user,
            license_id=LicenseId(license_id),
            number=change_of(data.number, str),
            media_id=change_of(data.media_id, MediaId),
        )
    )
    return answer(license_body(license_), HTTPStatus.OK)
